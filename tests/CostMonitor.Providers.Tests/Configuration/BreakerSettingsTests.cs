using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Input;
using CostMonitor.Providers.Configuration;
using Xunit;

namespace CostMonitor.Providers.Tests.Configuration;

public sealed class BreakerSettingsTests
{
    [Fact]
    public void Parse_GivenNothingOfBreakers_HasThemOn() =>
        Assert.Equal(
            new BreakerSettings { IsEnabled = true, Failures = 5, ErrorShare = 0.5, Window = TimeSpan.FromSeconds(60), MinimumCalls = 20, OpenFor = TimeSpan.FromSeconds(30) },
            Read("", ""));

    [Fact]
    public void Parse_GivenAFileAndAnEntry_TakesTheEntryWhereItSaysSomething() =>
        Assert.Equal(
            new BreakerSettings { IsEnabled = true, Failures = 3, ErrorShare = 0.25, Window = TimeSpan.FromSeconds(10), MinimumCalls = 8, OpenFor = TimeSpan.FromSeconds(1.5) },
            Read(
                """{ "enabled": false, "failures": 9, "errorShare": 0.25, "windowSeconds": 10, "minimumCalls": 8, "openSeconds": 60 }""",
                """{ "enabled": true, "failures": 3, "openSeconds": 1.5 }"""));

    [Fact]
    public void Parse_GivenFaults_NamesThemAllWithTheirPlaces()
    {
        var faults = Assert.Throws<InputException>(() => Read(
            """{ "failures": 0, "errorShare": 50, "windowSeconds": 0.5 }""", """{ "enabled": "no", "minimumCalls": 1.5, "openSeconds": 0, "halfOpen": 1 }""")).Faults;

        Assert.Equal(
            [
                "models.json $.calling.breaker.failures: Expected a whole number from 1 to 1000, got 0.",
                "models.json $.calling.breaker.errorShare: Expected a number from 0.01 to 1, got 50.",
                "models.json $.calling.breaker.windowSeconds: Expected a number from 1 to 3600, got 0.5.",
                "models.json $.models[0].calling.breaker.halfOpen: Unknown property; expected one of enabled, failures, errorShare, windowSeconds, minimumCalls, openSeconds.",
                "models.json $.models[0].calling.breaker.enabled: Expected true or false, got \"no\".",
                "models.json $.models[0].calling.breaker.minimumCalls: Expected a whole number from 1 to 10000, got 1.5.",
                "models.json $.models[0].calling.breaker.openSeconds: Expected a number from 0.1 to 3600, got 0.",
            ],
            faults.Select(f => f.ToString()));
    }

    private static BreakerSettings Read(string ofFile, string ofEntry) => ModelConfiguration.Parse(
        $$"""{ {{Calling(ofFile)}} "models": [ { {{Calling(ofEntry)}} "model": "sim:a", "api": "simulated" } ] }""", "models.json", static _ => null)
        .Models[0].Chain.Breaker;

    private static string Calling(string breaker) => breaker.Length == 0 ? "" : $$"""
        "calling": { "breaker": {{breaker}} },
        """;
}
