using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Core.Input;
using CostMonitor.Providers.Configuration;
using Xunit;

namespace CostMonitor.Providers.Tests.Configuration;

public sealed class LimiterSettingsTests
{
    [Fact]
    public void Parse_GivenNoLimits_LearnsThemAndLetsAThousandWait()
    {
        var settings = Parse("""{ "models": [ { "model": "sim:x", "api": "simulated" } ] }""").Models[0].Chain.Limiter;

        Assert.Equal(new LimiterSettings { Limits = new RateLimits(null, null), Queue = 1000, Learns = true, LongestWait = TimeSpan.FromMinutes(5) }, settings);
    }

    [Fact]
    public void Parse_GivenLimits_ReadsThoseOfTheEntryOverThoseOfTheFile()
    {
        var models = Parse(
            """
            { "calling": { "limits": { "queue": 50, "learn": false, "longestWaitSeconds": 1.5 } },
              "models": [ { "model": "sim:x", "api": "simulated" },
                          { "model": "sim:y", "api": "simulated", "calling": { "limits": { "requestsPerMinute": 60, "tokensPerMinute": 6000, "queue": 0, "learn": true } } } ] }
            """).Models;

        Assert.Equal(new LimiterSettings { Queue = 50, Learns = false, LongestWait = TimeSpan.FromSeconds(1.5) }, models[0].Chain.Limiter);
        Assert.Equal(
            new LimiterSettings { Limits = new RateLimits(60, 6000), Queue = 0, Learns = true, LongestWait = TimeSpan.FromSeconds(1.5) }, models[1].Chain.Limiter);
    }

    [Fact]
    public void Parse_GivenFaultyLimits_ReportsThemAll()
    {
        var faults = Assert.Throws<InputException>(() => Parse(
            """
            { "calling": { "limits": { "requestsPerMinute": 60 } },
              "models": [ { "model": "sim:x", "api": "simulated", "calling": { "limits": { "requestsPerMinute": 0, "tokensPerMinute": "many", "queue": 100001, "learn": 1, "lanes": 2 } } } ] }
            """)).Faults;

        Assert.Equal(
            [
                "$.calling.limits.requestsPerMinute: Unknown property; expected one of queue, learn, longestWaitSeconds.",
                "$.models[0].calling.limits.lanes: Unknown property; expected one of requestsPerMinute, tokensPerMinute, queue, learn, longestWaitSeconds.",
                "$.models[0].calling.limits.requestsPerMinute: Expected a whole number from 1 to 1000000000000, got 0.",
                "$.models[0].calling.limits.tokensPerMinute: Expected a whole number from 1 to 1000000000000, got \"many\".",
                "$.models[0].calling.limits.queue: Expected a whole number from 0 to 100000, got 100001.",
                "$.models[0].calling.limits.learn: Expected true or false, got 1.",
            ],
            faults.Select(static f => $"{f.Path}: {f.Problem}"));
    }

    private static ModelConfiguration Parse(string json) => ModelConfiguration.Parse(json, "models.json", static _ => null);
}
