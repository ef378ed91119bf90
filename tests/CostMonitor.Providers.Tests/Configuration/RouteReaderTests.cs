using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Configuration;
using Xunit;

namespace CostMonitor.Providers.Tests.Configuration;

public sealed class RouteReaderTests
{
    [Fact]
    public void Parse_GivenFacts_ReadsThem()
    {
        var facts = Parse(
            """
            { "models": [ { "model": "sim:x", "api": "simulated", "facts": { "contextTokens": 128000, "residency": "eu", "region": "swedencentral",
              "features": ["tools", "vision"], "grade": "flagship", "statusPage": "https://status.example.test/" } } ] }
            """).Models[0].Facts;

        Assert.Equal((128000L, "eu", "swedencentral", ModelGrade.Flagship), (facts.ContextTokens, facts.Residency, facts.Region, facts.Grade));
        Assert.Equal(["json", "tools", "vision"], facts.Features); // a simulated model refuses no JSON mode
        Assert.Equal(new Uri("https://status.example.test/"), facts.StatusPage);
    }

    [Fact]
    public void Parse_GivenNoFacts_TakesThemFromTheRestOfTheEntry()
    {
        var configuration = Parse(
            """
            { "capabilities": { "with": { "jsonMode": true }, "without": {} },
              "models": [
                { "model": "local:a", "api": "openai-compatible", "endpoint": "http://127.0.0.1/", "capabilities": "with", "billedAs": { "region": "eastus" } },
                { "model": "local:b", "api": "openai-compatible", "endpoint": "http://127.0.0.1/", "capabilities": "without" } ] }
            """);

        var (a, b) = (configuration.Models[0].Facts, configuration.Models[1].Facts);
        Assert.Equal(("eastus", true, false), (a.Region, a.Has("json"), a.Has("tools")));
        Assert.Equal((null, false, null), (b.Region, b.Has("json"), b.Grade));
    }

    [Fact]
    public void Parse_GivenRoutes_ReadsThem()
    {
        var configuration = Parse(
            """
            { "models": [ { "model": "sim:a", "api": "simulated", "facts": { "grade": "small" } }, { "model": "sim:b", "api": "simulated" } ],
              "routes": [
                { "model": "route:plain", "targets": ["sim:b"] },
                { "model": "route:full", "order": "weighted", "byDifficulty": true, "targets": ["sim:b", { "model": "sim:a", "weight": 3 }] } ] }
            """);

        var (plain, full) = (configuration.Routes[0], configuration.Routes[1]);
        Assert.Equal((RouteOrder.Listed, false, 1), (plain.Order, plain.ByDifficulty, plain.Targets.Count));
        Assert.Equal((RouteOrder.Weighted, true), (full.Order, full.ByDifficulty));
        Assert.Equal([("sim:b", 1), ("sim:a", 3)], full.Targets.Select(static t => (t.Model.ToString(), t.Weight)));
        Assert.Equal(ModelGrade.Small, full.Targets[1].Facts.Grade);
        Assert.Same(full, configuration.FindRoute(new ModelKey("route", "full")));
        Assert.True(configuration.Knows(new ModelKey("route", "full")) && configuration.Knows(new ModelKey("sim", "a")));
        Assert.False(configuration.Knows(new ModelKey("route", "none")));
        Assert.True(configuration.IsSimulated(new ModelKey("route", "full")));
    }

    [Fact]
    public void Parse_GivenFaultyFactsAndRoutes_ReportsThemAllWithTheirPlaces()
    {
        var faults = Assert.Throws<InputException>(() => Parse(
            """
            { "models": [
                { "model": "sim:a", "api": "simulated", "facts": { "contextTokens": 0, "grade": "big", "features": "json", "statusPage": "status", "residence": "eu" } },
                { "model": "sim:b", "api": "simulated" } ],
              "routes": [
                { "model": "sim:a", "targets": ["sim:b"] },
                { "model": "assistant", "targets": ["sim:b"] },
                { "model": "route:a", "order": "random", "targets": [] },
                { "model": "route:a", "targets": ["sim:a", "sim:nobody", "sim:a"] },
                { "model": "route:c", "targets": [{ "model": "sim:a", "weight": 0 }, { "model": "sim:b", "weight": 1001 }, { "weight": 2 }], "byDifficulty": "yes" },
                { "model": "route:d" },
                { "model": "route:e", "targets": "sim:a", "fallback": true } ] }
            """)).Faults;

        Assert.Equal(
            [
                "$.models[0].facts.contextTokens", "$.models[0].facts.features", "$.models[0].facts.grade", "$.models[0].facts.residence", "$.models[0].facts.statusPage",
                "$.routes[0].model", "$.routes[1].model", "$.routes[2].order", "$.routes[2].targets",
                "$.routes[3].model", "$.routes[3].targets[1]", "$.routes[3].targets[2]",
                "$.routes[4].byDifficulty", "$.routes[4].targets[0].weight", "$.routes[4].targets[1].weight", "$.routes[4].targets[2]",
                "$.routes[5]", "$.routes[6].fallback", "$.routes[6].targets",
            ],
            faults.Select(static f => f.Path).Order(StringComparer.Ordinal));
        Assert.Contains(faults, static f => f.Problem == "sim:a is a model of this file; expected another name, as in route:assistant.");
        Assert.Contains(faults, static f => f.Problem == "Expected a whole number from 1 to 1000, got 0.");
    }

    private static ModelConfiguration Parse(string json) => ModelConfiguration.Parse(json, "models.json", static _ => null);
}
