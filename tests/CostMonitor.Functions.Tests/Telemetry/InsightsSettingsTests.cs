using CostMonitor.Core.Input;
using CostMonitor.Functions.Telemetry;

namespace CostMonitor.Functions.Tests.Telemetry;

public sealed class InsightsSettingsTests
{
    private const string Good = "InstrumentationKey=6f4c4a3f-1b8e-4d49-9c57-8f1f5b0c2a11;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/", Client = "0b2f9a44-6a55-4c1b-9f39-3a0de29d2a7e";

    [Fact]
    public void Read_GivenNoConnectionString_IsOff() => Assert.Null(Read("", "Authorization=AAD"));

    [Theory]
    [InlineData("", false, null)]
    [InlineData("Authorization=AAD", true, null)]
    [InlineData($"ClientId={Client};Authorization=AAD", true, Client)]
    [InlineData($"authorization=aad; clientid={Client}", true, Client)]
    public void Read_GivenAnAuthentication_KnowsWhoSends(string authentication, bool usesIdentity, string? clientId) =>
        Assert.Equal(new InsightsSettings(Good, usesIdentity, clientId), Read(Good, authentication));

    [Theory]
    [InlineData("s3cr3t", "")]
    [InlineData("InstrumentationKey=s3cr3t;IngestionEndpoint=https://example.com/", "")]
    [InlineData("InstrumentationKey=6f4c4a3f-1b8e-4d49-9c57-8f1f5b0c2a11;IngestionEndpoint=s3cr3t", "")]
    [InlineData("InstrumentationKey=6f4c4a3f-1b8e-4d49-9c57-8f1f5b0c2a11", "")]
    [InlineData(Good, "s3cr3t")]
    [InlineData(Good, "ClientId=s3cr3t;Authorization=AAD")]
    [InlineData(Good, $"ClientId={Client}")]
    public void Read_GivenAFault_SaysWhereAndShowsNoValue(string connection, string authentication)
    {
        var e = Assert.Throws<InputException>(() => Read(connection, authentication));

        var fault = Assert.Single(e.Faults);
        Assert.StartsWith(connection == Good ? "setting APPLICATIONINSIGHTS_AUTHENTICATION_STRING: Expected" : "setting APPLICATIONINSIGHTS_CONNECTION_STRING: Expected", fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GivenASuffix_NeedsNoEndpoint() =>
        Assert.NotNull(Read("InstrumentationKey=6f4c4a3f-1b8e-4d49-9c57-8f1f5b0c2a11;EndpointSuffix=applicationinsights.azure.cn", ""));

    private static InsightsSettings? Read(string connection, string authentication) =>
        InsightsSettings.Read(name => name == "APPLICATIONINSIGHTS_CONNECTION_STRING" ? connection : name == "APPLICATIONINSIGHTS_AUTHENTICATION_STRING" ? authentication : null);
}
