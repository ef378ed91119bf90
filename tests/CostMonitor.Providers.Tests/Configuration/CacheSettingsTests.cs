using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Input;
using CostMonitor.Providers.Configuration;
using Xunit;

namespace CostMonitor.Providers.Tests.Configuration;

public sealed class CacheSettingsTests
{
    [Fact]
    public void Parse_GivenNothing_IsTheUsual() => Assert.Equal(CacheSettings.Default, Read("""{ "models": [] }"""));

    [Fact]
    public void Parse_GivenAll_ReadsAll() => Assert.Equal(
        new CacheSettings { IsEnabled = false, TimeToLive = TimeSpan.FromDays(30), Entries = 5, Bytes = 2_097_152, UsesNearMatch = true },
        Read("""{ "cache": { "enabled": false, "ttlSeconds": 2592000, "entries": 5, "megabytes": 2, "nearMatch": true }, "models": [] }"""));

    [Fact]
    public void Parse_GivenFaults_SaysAllOfThem()
    {
        var faults = Assert.Throws<InputException>(() => Read(
            """{ "cache": { "enabled": 1, "ttlSeconds": 0.5, "entries": 0, "megabytes": 5000, "nearMatch": "no", "ttl": 1 }, "models": [] }""")).Faults;

        Assert.Equal(
            ["$.cache.ttl", "$.cache.enabled", "$.cache.ttlSeconds", "$.cache.entries", "$.cache.megabytes", "$.cache.nearMatch"], faults.Select(f => f.Path));
        Assert.Contains("Expected a whole number from 1 to 4096, got 5000.", faults.Select(f => f.Problem));
    }

    private static CacheSettings Read(string json) => ModelConfiguration.Parse(json, "models.json", _ => null).Cache;
}
