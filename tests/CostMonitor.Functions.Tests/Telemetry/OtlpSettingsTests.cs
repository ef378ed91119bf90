using CostMonitor.Core.Input;
using CostMonitor.Functions.Telemetry;

namespace CostMonitor.Functions.Tests.Telemetry;

public sealed class OtlpSettingsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Read_GivenNoEndpoint_IsNull(string? endpoint)
    {
        var values = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "smoke signals" };

        Assert.Null(OtlpSettings.Read(values.GetValueOrDefault));
    }

    [Fact]
    public void Read_GivenTheEndpointAlone_TakesTheDefaults()
    {
        var settings = OtlpSettings.Read(static name => name == "OTEL_EXPORTER_OTLP_ENDPOINT" ? "http://127.0.0.1:4318" : null);

        Assert.Equal(new OtlpSettings { ServiceName = "costmonitor", IsGrpc = false, TimeoutMs = 2000, HasSampler = false }, settings);
    }

    [Fact]
    public void Read_GivenAllSettings_TakesThem()
    {
        var values = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "https://collector.example:4317",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "api-key=secret,x=1",
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "500",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test",
            ["OTEL_SERVICE_NAME"] = "mine",
            ["OTEL_TRACES_SAMPLER"] = "always_off",
        };

        var settings = OtlpSettings.Read(values.GetValueOrDefault);

        Assert.Equal(new OtlpSettings { ServiceName = "mine", IsGrpc = true, TimeoutMs = 500, HasSampler = true }, settings);
    }

    [Fact]
    public void Read_GivenSeveralFaults_NamesThemAllAndShowsNoHeader()
    {
        var values = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4318",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/json",
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "2s",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "secret",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "=x",
        };

        var failure = Assert.Throws<InputException>(() => OtlpSettings.Read(values.GetValueOrDefault));

        Assert.Equal(
            [
                "setting OTEL_EXPORTER_OTLP_ENDPOINT: Expected an address, as in http://127.0.0.1:4318, got 'collector:4318'.",
                "setting OTEL_EXPORTER_OTLP_PROTOCOL: Expected grpc or http/protobuf, got 'http/json'.",
                "setting OTEL_EXPORTER_OTLP_TIMEOUT: Expected milliseconds from 1 to 60000, got '2s'.",
                "setting OTEL_EXPORTER_OTLP_HEADERS: Expected name=value, several separated by commas.",
                "setting OTEL_RESOURCE_ATTRIBUTES: Expected name=value, several separated by commas, got '=x'.",
            ],
            failure.Faults.Select(f => f.ToString()));
    }
}
