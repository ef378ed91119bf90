using CostMonitor.Core.Input;
using CostMonitor.Providers.Configuration;
using CostMonitor.Providers.Simulated;
using Xunit;

namespace CostMonitor.Providers.Tests.Configuration;

public sealed class ModelConfigurationTests
{
    [Fact]
    public void Parse_GivenEachApi_FillsInItsSettings()
    {
        var configuration = Given.Configuration(new Uri("https://example.test/"));

        var azure = configuration.Find(Given.Azure);
        Assert.Equal((ModelApi.AzureOpenAI, new Uri("https://example.test/openai/v1/"), "my-gpt-4o"), (azure?.Api, azure?.Endpoint, azure?.UpstreamName));
        Assert.Equal("https://cognitiveservices.azure.com/.default", configuration.Find(Given.Entra)?.EntraScope);
        Assert.Equal(("developer", "max_completion_tokens", false), (configuration.Find(Given.Reasoning)?.Capabilities.SystemRole, configuration.Find(Given.Reasoning)?.Capabilities.MaxTokensParameter, configuration.Find(Given.Reasoning)?.Capabilities.Temperature));
        Assert.Equal(9, configuration.Find(Given.Mock)?.Simulated?.FixedTokens);
        Assert.All(configuration.Models, static m => Assert.True(m.IsConfigured(out var missing), missing));
    }

    [Fact]
    public void ToString_GivenAnEntryWithAKey_DoesNotShowIt()
    {
        var entry = Given.Configuration(new Uri("https://example.test/")).Find(Given.Chat);

        Assert.Equal(Given.Key, entry?.Key?.Reveal());
        Assert.DoesNotContain(Given.Key, entry?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_GivenEverySimulatedSetting_ReadsIt()
    {
        var configuration = Parse(
            """
            { "models": [ { "model": "sim:x", "api": "simulated", "simulated": { "seed": 5, "ttftMs": {"median": 100, "p95": 400}, "tokensPerSecond": 50,
              "outputTokens": {"median": 20, "p95": 30}, "reasoningTokens": 3, "errorRate": 0.01, "timeoutRate": 0.02, "driftPerHour": 0.5,
              "invalidJsonRate": 0.25, "contentFor": "echo" } } ] }
            """);

        var expected = new SimulatedProfile
        {
            Seed = 5,
            TtftMs = new Spread(100, 400),
            TokensPerSecond = 50,
            OutputTokens = new Spread(20, 30),
            ReasoningTokens = 3,
            ErrorRate = 0.01,
            TimeoutRate = 0.02,
            DriftPerHour = 0.5,
            InvalidJsonRate = 0.25,
            Content = SimulatedContent.Echo,
        };
        Assert.Equal(expected, configuration.Models[0].Simulated);
    }

    [Fact]
    public void Parse_GivenManyFaults_ReportsThemAllWithTheirPlaces()
    {
        var faults = Assert.Throws<InputException>(() => Parse(
            """
            { "capabilities": { "c": { "temprature": true, "systemRole": "boss" } },
              "models": [
                { "model": "gpt-4o", "api": "openai", "endpoint": "https://a.test/", "keySetting": "K", "capabilities": "c" },
                { "model": "openai:a", "api": "opnai" },
                { "model": "openai:b", "api": "openai", "endpoint": "ftp://a.test/", "capabilities": "d", "auth": "key" },
                { "model": "sim:c", "api": "simulated", "simulated": { "ttftMs": { "median": 5, "p95": 4 }, "errorRate": 2 } },
                { "model": "sim:c", "api": "simulated" } ] }
            """)).Faults;

        Assert.Equal(
            [
                "$.capabilities.c.temprature", "$.capabilities.c.systemRole", "$.models[0].model", "$.models[1].api",
                "$.models[2].auth", "$.models[2].endpoint", "$.models[2]", "$.models[2].capabilities",
                "$.models[3].simulated.ttftMs", "$.models[3].simulated.errorRate", "$.models[4].model",
            ],
            faults.Select(static f => f.Path));
    }

    [Fact]
    public void Parse_GivenAFaultyModel_ReadsTheRestOfItsEntryToo()
    {
        var thrown = Assert.Throws<InputException>(() => Parse(
            """{ "models": [ { "model": "gpt-4o", "api": "azure-openai", "endpoint": "https://a.test/", "keySetting": "K", "capabilities": "no-such", "billedAs": { "tier": "cheap" } } ] }"""));

        Assert.Equal(
            ["$.models[0].billedAs.tier", "$.models[0].capabilities", "$.models[0].model"], thrown.Faults.Select(f => f.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Parse_GivenBilledAs_ReadsWhichRowPricesTheModel()
    {
        var configuration = Parse(
            """
            { "models": [ { "model": "sim:x", "api": "simulated", "billedAs": { "model": "azure-openai:gpt-4.1", "tier": "batch", "deployment": "data-zone", "region": "swedencentral" } },
                          { "model": "sim:y", "api": "simulated" } ] }
            """);

        Assert.Equal("azure-openai:gpt-4.1, data-zone, batch, swedencentral", configuration.Models[0].Offer.ToString());
        Assert.Equal("sim:y", configuration.Models[1].Offer.ToString());
    }

    [Fact]
    public void Parse_GivenTheLongestAnswer_TakesTheModelsOwnOrElseTheFiles()
    {
        var configuration = Parse(
            """
            { "calling": { "longestAnswerCharacters": 1000 },
              "models": [ { "model": "sim:x", "api": "simulated", "calling": { "longestAnswerCharacters": 100000000 } }, { "model": "sim:y", "api": "simulated" } ] }
            """);

        Assert.Equal([100_000_000, 1_000], configuration.Models.Select(static m => m.Chain.LongestAnswerCharacters));
        Assert.Equal(4_000_000, Parse("""{ "models": [ { "model": "sim:x", "api": "simulated" } ] }""").Models[0].Chain.LongestAnswerCharacters);
    }

    [Theory]
    [InlineData("999")]
    [InlineData("100000001")]
    [InlineData("1500.5")]
    public void Parse_GivenALongestAnswerOutOfItsRange_SaysWhere(string value)
    {
        var thrown = Assert.Throws<InputException>(() => Parse($$"""{ "calling": { "longestAnswerCharacters": {{value}} }, "models": [] }"""));

        Assert.Equal(["$.calling.longestAnswerCharacters"], thrown.Faults.Select(static f => f.Path));
    }

    [Theory]
    [InlineData(null, "https://a.test/", "Setting KEY is missing.")]
    [InlineData("key", null, "Setting WHERE is missing.")]
    [InlineData(null, null, "Setting WHERE is missing. Setting KEY is missing.")]
    [InlineData("key", "sk-pasted-here-by-mistake", "Setting WHERE does not make an absolute http or https address.")]
    [InlineData("two\nlines", "https://a.test/", "Setting KEY holds characters that no key has.")]
    public void IsConfigured_GivenMissingSettings_NamesThemAndNoValue(string? key, string? where, string expected)
    {
        var configuration = Parse(
            """
            { "capabilities": { "c": {} },
              "models": [ { "model": "openai:a", "api": "openai", "endpoint": "%WHERE%", "keySetting": "KEY", "capabilities": "c" } ] }
            """,
            name => name == "KEY" ? key : where);

        var isConfigured = configuration.Models[0].IsConfigured(out var missing);

        Assert.Equal((false, expected), (isConfigured, missing));
    }

    [Fact]
    public void IsConfigured_GivenEntraInTheClear_RefusesToSendTheToken()
    {
        var configuration = Parse(
            """
            { "capabilities": { "c": {} },
              "models": [ { "model": "azure-openai:a", "api": "azure-openai", "endpoint": "http://a.test/", "auth": "entra", "capabilities": "c" } ] }
            """);

        Assert.False(configuration.Models[0].IsConfigured(out var missing));
        Assert.Equal("The endpoint is not https, and an Entra token is not sent in the clear.", missing);
    }

    [Theory]
    [InlineData("http://a.test/", "The endpoint is not https, and a key is not sent in the clear.")]
    [InlineData("https://a.test/", "")]
    [InlineData("http://127.0.0.1:8080/", "")]
    [InlineData("http://localhost/", "")]
    public void IsConfigured_GivenAKey_SendsItOverHttpsOrToThisMachineAlone(string endpoint, string expected)
    {
        var configuration = Parse(
            $$"""
            { "capabilities": { "c": {} },
              "models": [ { "model": "openai:a", "api": "openai-compatible", "endpoint": "{{endpoint}}", "keySetting": "KEY", "capabilities": "c" } ] }
            """,
            _ => "key");

        configuration.Models[0].IsConfigured(out var missing);

        Assert.Equal(expected, missing);
    }

    [Fact]
    public void IsConfigured_GivenHttpAndNoKey_IsLeftToItsOwner()
    {
        var configuration = Parse(
            """
            { "capabilities": { "c": {} },
              "models": [ { "model": "local:a", "api": "openai-compatible", "endpoint": "http://gpu.test/", "capabilities": "c" } ] }
            """);

        Assert.True(configuration.Models[0].IsConfigured(out _));
    }

    private static ModelConfiguration Parse(string json, Func<string, string?>? settings = null) =>
        ModelConfiguration.Parse(json, "models.json", settings ?? (static _ => null));
}
