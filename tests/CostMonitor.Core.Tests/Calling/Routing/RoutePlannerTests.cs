using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Tests.Calling.Routing;

public sealed class RoutePlannerTests
{
    private static TargetHealth Up => default;
    private static readonly RouteRequest Usual = new() { PromptTokens = 1000, MaxOutputTokens = 200 };

    [Fact]
    public void Plan_GivenAListedRoute_KeepsItsOrder()
    {
        var plan = Plan(RouteOrder.Listed, Usual, (Target("a"), Up), (Target("b"), Up), (Target("c"), Up));

        Assert.Equal(["p:a (listed 1 of 3)", "p:b (listed 2 of 3)", "p:c (listed 3 of 3)"], Shown(plan));
        Assert.Empty(plan.PassedOver);
    }

    [Fact]
    public void Plan_GivenATargetThatIsNotConfigured_PassesItOverAndSaysWhy()
    {
        var plan = Plan(RouteOrder.Listed, Usual, (Target("a"), new TargetHealth { Missing = "Setting KEY is missing." }), (Target("b"), Up));

        Assert.Equal(["p:b (listed 2 of 2)"], Shown(plan));
        Assert.Equal("p:a (not configured: Setting KEY is missing)", plan.PassedOver.Single().ToString());
    }

    [Theory]
    [InlineData(1199L, 200, false)] // 1000 + 200 = 1200 are needed
    [InlineData(1200L, 200, true)]
    [InlineData(null, 200, true)]
    [InlineData(1499L, null, false)] // 1000 + the usual 500
    [InlineData(1500L, null, true)]
    public void Plan_GivenAContext_FitsPromptAndAnswerInIt(long? context, int? output, bool fits)
    {
        var plan = Plan(RouteOrder.Listed, Usual with { MaxOutputTokens = output }, (Target("a", new ModelFacts { ContextTokens = context }), Up));

        Assert.Equal(fits ? 1 : 0, plan.InOrder.Count);
        Assert.Equal(fits ? [] : [PassedOverFor.Context], plan.PassedOver.Select(static p => p.Rule));
    }

    [Fact]
    public void Plan_GivenAWishedResidency_PassesOverOthersAndTheUnknown()
    {
        var request = Usual with { Wish = new RouteWish { Residency = ["eu", "ch"] } };

        var plan = Plan(
            RouteOrder.Listed,
            request,
            (Target("us", new ModelFacts { Residency = "us" }), Up),
            (Target("unknown"), Up),
            (Target("ch", new ModelFacts { Residency = "ch" }), Up));

        Assert.Equal(["p:ch (listed 3 of 3)"], Shown(plan));
        Assert.Equal(["p:us (residency us)", "p:unknown (residency not known)"], plan.PassedOver.Select(static p => p.ToString()));
    }

    [Fact]
    public void Plan_GivenNoWishedResidency_TakesTheUnknown() =>
        Assert.Single(Plan(RouteOrder.Listed, Usual, (Target("unknown"), Up)).InOrder);

    [Fact]
    public void Plan_GivenNeededFeatures_PassesOverWhoLacksOne()
    {
        var request = Usual with { Features = ["tools"], Wish = new RouteWish { Features = ["json", "region:swedencentral"] } };
        ModelFacts Able(string? region, params string[] features) => new() { Features = features, Region = region };

        var plan = Plan(
            RouteOrder.Listed,
            request,
            (Target("no-json", Able("swedencentral", "tools")), Up),
            (Target("no-tools", Able("swedencentral", "json")), Up),
            (Target("elsewhere", Able("eastus", "json", "tools")), Up),
            (Target("able", Able("swedencentral", "tools", "json")), Up));

        Assert.Equal(["p:able (listed 4 of 4)"], Shown(plan));
        Assert.Equal(
            ["p:no-json (no json)", "p:no-tools (no tools)", "p:elsewhere (no region:swedencentral)"], plan.PassedOver.Select(static p => p.ToString()));
    }

    [Fact]
    public void Plan_GivenAHalfOpenBreaker_LetsItKeepItsPlaceSoThatItCanClose() =>
        Assert.Equal(
            ["p:half (listed 1 of 2; half-open)", "p:closed (listed 2 of 2)"],
            Shown(Plan(RouteOrder.Listed, Usual, (Target("half"), new TargetHealth { State = TargetState.HalfOpen }), (Target("closed"), Up))));

    [Fact]
    public void Plan_GivenBreakersAndAnUrgentCall_PassesOverOpenOnesAndAsksHalfOpenOnesLast()
    {
        var plan = Plan(
            RouteOrder.Listed,
            Usual with { Wish = new RouteWish { IsUrgent = true } },
            (Target("half"), new TargetHealth { State = TargetState.HalfOpen }),
            (Target("open"), new TargetHealth { State = TargetState.Open }),
            (Target("closed"), Up));

        Assert.Equal(["p:closed (urgent, latency not known)", "p:half (urgent, latency not known; half-open)"], Shown(plan));
        Assert.Equal([PassedOverFor.Down], plan.PassedOver.Select(static p => p.Rule));
        Assert.False(plan.IsAllDown);
    }

    [Fact]
    public void IsAllDown_GivenNoneLeft_TellsDownFromUnfit()
    {
        var open = new TargetHealth { State = TargetState.Open };
        var unfit = Target("small", new ModelFacts { ContextTokens = 10 });

        Assert.True(Plan(RouteOrder.Listed, Usual, (Target("a"), open), (unfit, Up)).IsAllDown);
        Assert.False(Plan(RouteOrder.Listed, Usual, (unfit, open)).IsAllDown); // it would not fit if it were up either
    }

    [Theory]
    [InlineData(PromptDifficulty.Easy, "small,other,flagship")]
    [InlineData(PromptDifficulty.Hard, "flagship,other,small")]
    [InlineData(null, "other,flagship,small")]
    public void Plan_GivenADifficulty_AsksItsGradeFirstAndKeepsTheRestInOrder(PromptDifficulty? difficulty, string expected)
    {
        var other = (Target("other"), Up);
        var flagship = (Target("flagship", new ModelFacts { Grade = ModelGrade.Flagship }), Up);
        var small = (Target("small", new ModelFacts { Grade = ModelGrade.Small }), Up);

        var plan = Plan(RouteOrder.Listed, Usual with { Difficulty = difficulty }, other, flagship, small);

        Assert.Equal(expected, Names(plan));
    }

    [Fact]
    public void Plan_GivenACheapestRoute_AsksTheUnknownLast()
    {
        var plan = Plan(
            RouteOrder.Cheapest,
            Usual,
            (Target("unknown"), Up),
            (Target("dear"), new TargetHealth { Cost = new Usd(0.02m) }),
            (Target("cheap"), new TargetHealth { Cost = new Usd(0.001m) }));

        Assert.Equal(["p:cheap (cheapest, $0.001)", "p:dear (cheapest, $0.02)", "p:unknown (cheapest, cost not known)"], Shown(plan));
    }

    [Fact]
    public void Plan_GivenAFastestRoute_AsksTheUnknownLast()
    {
        var plan = Plan(
            RouteOrder.Fastest,
            Usual,
            (Target("unknown"), Up),
            (Target("slow"), new TargetHealth { LatencyMs = 900 }),
            (Target("fast"), new TargetHealth { LatencyMs = 300.4 }));

        Assert.Equal(
            ["p:fast (fastest, 300 ms)", "p:slow (fastest, 900 ms)", "p:unknown (fastest, latency not known)"], Shown(plan));
    }

    [Theory]
    [InlineData(RouteOrder.Listed)]
    [InlineData(RouteOrder.Cheapest)]
    [InlineData(RouteOrder.Weighted)]
    public void Plan_GivenAnUrgentCall_AsksTheFastestWhateverTheOrder(RouteOrder order)
    {
        var request = Usual with { Wish = new RouteWish { IsUrgent = true } };

        var plan = Plan(
            order,
            request,
            (Target("slow"), new TargetHealth { LatencyMs = 900, Cost = new Usd(0.1m) }),
            (Target("fast"), new TargetHealth { LatencyMs = 300, Cost = new Usd(9m) }));

        Assert.Equal(["p:fast (urgent, 300 ms)", "p:slow (urgent, 900 ms)"], Shown(plan));
    }

    [Fact]
    public void Plan_GivenAnUrgentHardCall_GoesByDifficultyBeforeLatency()
    {
        var request = Usual with { Difficulty = PromptDifficulty.Hard, Wish = new RouteWish { IsUrgent = true } };

        var plan = Plan(
            RouteOrder.Listed,
            request,
            (Target("small", new ModelFacts { Grade = ModelGrade.Small }), new TargetHealth { LatencyMs = 100 }),
            (Target("flagship", new ModelFacts { Grade = ModelGrade.Flagship }), new TargetHealth { LatencyMs = 2000 }));

        Assert.Equal(["p:flagship (hard, flagship; urgent, 2000 ms)", "p:small (urgent, 100 ms)"], Shown(plan));
    }

    [Fact]
    public void Plan_GivenSeveralFaults_NamesTheFirstRule()
    {
        var facts = new ModelFacts { ContextTokens = 1, Residency = "us" };
        var request = Usual with { Features = ["tools"], Wish = new RouteWish { Residency = ["eu"] } };
        var open = new TargetHealth { State = TargetState.Open };

        PassedOverFor Rule(ModelFacts f, TargetHealth h) => Plan(RouteOrder.Listed, request, (Target("a", f), h)).PassedOver.Single().Rule;

        Assert.Equal(PassedOverFor.NotConfigured, Rule(facts, open with { Missing = "x" }));
        Assert.Equal(PassedOverFor.Context, Rule(facts, open));
        Assert.Equal(PassedOverFor.Residency, Rule(facts with { ContextTokens = null }, open));
        Assert.Equal(PassedOverFor.Feature, Rule(new ModelFacts { Residency = "eu" }, open));
        Assert.Equal(PassedOverFor.Down, Rule(new ModelFacts { Residency = "eu", Features = ["tools"] }, open));
    }

    [Theory]
    [InlineData(0.0, "a,b,c")] // a has [0, 0.1), b [0.1, 0.4), c [0.4, 1)
    [InlineData(0.1, "b,a,c")] // 0 of b is left: a has the first seventh of it
    [InlineData(0.39, "b,c,a")] // 0.29 / 0.3 of b is left
    [InlineData(0.4, "c,a,b")] // 0 of c is left: a has the first quarter
    [InlineData(0.999, "c,b,a")]
    public void Plan_GivenAWeightedRoute_DrawsWithoutReplacement(double draw, string expected)
    {
        var route = Route(RouteOrder.Weighted, Target("a") with { Weight = 1 }, Target("b") with { Weight = 3 }, Target("c") with { Weight = 6 });

        Assert.Equal(expected, Names(RoutePlanner.Plan(route, Usual, [Up, Up, Up], draw)));
    }

    [Fact]
    public void Plan_GivenTenThousandDraws_KeepsTheShares()
    {
        var route = Route(RouteOrder.Weighted, Target("a") with { Weight = 1 }, Target("b") with { Weight = 3 }, Target("c") with { Weight = 6 });
        var random = new SeededRandom(7);
        var orders = new Dictionary<string, int>(StringComparer.Ordinal);

        for (var i = 0; i < 10_000; i++)
        {
            var order = Names(RoutePlanner.Plan(route, Usual, [Up, Up, Up], random.NextDouble()));
            orders[order] = orders.GetValueOrDefault(order) + 1;
        }

        // The first by its weight, the second by its weight among those that are left: a then b is 0.1 * 3/9. Four standard errors are 0.02 at most.
        Near(0.1 * 3 / 9, "a,b,c");
        Near(0.1 * 6 / 9, "a,c,b");
        Near(0.3 * 1 / 7, "b,a,c");
        Near(0.3 * 6 / 7, "b,c,a");
        Near(0.6 * 1 / 4, "c,a,b");
        Near(0.6 * 3 / 4, "c,b,a");

        void Near(double share, string order) => Assert.InRange(orders[order] / 10_000.0, share - 0.02, share + 0.02);
    }

    [Fact]
    public void Plan_GivenAnything_PutsEveryTargetInExactlyOneListAndRepeats()
    {
        var random = new SeededRandom(42);
        for (var i = 0; i < 2_000; i++)
        {
            var targets = Enumerable.Range(0, 1 + random.NextBelow(5)).Select(n => (AnyTarget(random, n), AnyHealth(random))).ToArray();
            var (route, draw) = (Route((RouteOrder)random.NextBelow(4), [.. targets.Select(static t => t.Item1)]), random.NextDouble());
            TargetHealth[] healths = [.. targets.Select(static t => t.Item2)];
            var request = AnyRequest(random);

            var plan = RoutePlanner.Plan(route, request, healths, draw);

            var all = plan.InOrder.Select(static p => p.Target).Concat(plan.PassedOver.Select(static p => p.Target));
            Assert.Equal(route.Targets.OrderBy(static t => t.Model), all.OrderBy(static t => t.Model));
            Assert.All(plan.InOrder, p => Assert.Same(route.Targets[p.Index], p.Target));
            if (request.Wish.IsUrgent) Assert.All(plan.InOrder.Zip(plan.InOrder.Skip(1)), p => Assert.True(healths[p.First.Index].State <= healths[p.Second.Index].State));
            Assert.Equal(Shown(plan), Shown(RoutePlanner.Plan(route, request, healths, draw)));
        }
    }

    [Fact]
    public void Plan_GivenAnImpossibleDrawOrTooFewHealths_Refuses()
    {
        var route = Route(RouteOrder.Listed, Target("a"));

        Assert.Throws<ArgumentOutOfRangeException>(() => RoutePlanner.Plan(route, Usual, [Up], 1));
        Assert.Throws<ArgumentException>(() => RoutePlanner.Plan(route, Usual, [], 0));
    }

    private static RouteTarget AnyTarget(SeededRandom random, int n) => new(
        new ModelKey("p", $"m{n}"),
        new ModelFacts
        {
            ContextTokens = random.NextBelow(3) == 0 ? 1000 : null,
            Residency = random.NextBelow(2) == 0 ? "eu" : null,
            Features = random.NextBelow(2) == 0 ? ["json"] : [],
            Grade = random.NextBelow(3) switch { 0 => ModelGrade.Small, 1 => ModelGrade.Flagship, _ => null },
        },
        1 + random.NextBelow(1000));

    private static TargetHealth AnyHealth(SeededRandom random) => new()
    {
        State = (TargetState)random.NextBelow(3),
        LatencyMs = random.NextBelow(2) == 0 ? random.NextBelow(1000) : null,
        Cost = random.NextBelow(2) == 0 ? new Usd(random.NextBelow(1000)) : null,
        Missing = random.NextBelow(5) == 0 ? "x" : "",
    };

    private static RouteRequest AnyRequest(SeededRandom random) => new()
    {
        PromptTokens = random.NextBelow(1000),
        Difficulty = random.NextBelow(3) switch { 0 => PromptDifficulty.Easy, 1 => PromptDifficulty.Hard, _ => null },
        Features = random.NextBelow(2) == 0 ? ["json"] : [],
        Wish = new RouteWish { IsUrgent = random.NextBelow(2) == 0, Residency = random.NextBelow(2) == 0 ? ["eu"] : [] },
    };

    private static RouteTarget Target(string name, ModelFacts? facts = null) => new(new ModelKey("p", name), facts ?? ModelFacts.None);

    private static Route Route(RouteOrder order, params RouteTarget[] targets) => new() { Model = new ModelKey("route", "r"), Order = order, Targets = targets };

    private static RoutePlan Plan(RouteOrder order, RouteRequest request, params (RouteTarget Target, TargetHealth Health)[] targets) =>
        RoutePlanner.Plan(Route(order, [.. targets.Select(static t => t.Target)]), request, [.. targets.Select(static t => t.Health)], 0);

    private static string[] Shown(RoutePlan plan) => [.. plan.InOrder.Select(static p => $"{p.Target.Model} ({p.Reason})")];

    private static string Names(RoutePlan plan) => string.Join(',', plan.InOrder.Select(static p => p.Target.Model.Model));
}
