using CostMonitor.Core.Calling;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Plans;

public sealed class RunScheduleTests
{
    private static readonly BatchId Batch = new("bench-1");

    /// <summary>Worked from <see cref="RunSchedule"/>'s remarks with the published generator, apart from this repository.</summary>
    private const string Order = """
        bench-1.000000 WarmUp 0 p1 sim:a
        bench-1.000001 WarmUp 0 p1 sim:b
        bench-1.000002 WarmUp 0 p1 sim:c
        bench-1.000003 Measured 0 p2 sim:c
        bench-1.000004 Measured 0 p2 sim:a
        bench-1.000005 Measured 0 p2 sim:b
        bench-1.000006 Measured 0 p1 sim:b
        bench-1.000007 Measured 0 p1 sim:a
        bench-1.000008 Measured 0 p1 sim:c
        bench-1.000009 Measured 0 p4 sim:c
        bench-1.000010 Measured 0 p4 sim:a
        bench-1.000011 Measured 0 p4 sim:b
        bench-1.000012 Measured 0 p3 sim:a
        bench-1.000013 Measured 0 p3 sim:c
        bench-1.000014 Measured 0 p3 sim:b
        bench-1.000015 Measured 1 p3 sim:c
        bench-1.000016 Measured 1 p3 sim:b
        bench-1.000017 Measured 1 p3 sim:a
        bench-1.000018 Measured 1 p2 sim:c
        bench-1.000019 Measured 1 p2 sim:a
        bench-1.000020 Measured 1 p2 sim:b
        bench-1.000021 Measured 1 p4 sim:a
        bench-1.000022 Measured 1 p4 sim:c
        bench-1.000023 Measured 1 p4 sim:b
        bench-1.000024 Measured 1 p1 sim:c
        bench-1.000025 Measured 1 p1 sim:a
        bench-1.000026 Measured 1 p1 sim:b
        """;

    [Fact]
    public void Of_GivenASmallPlan_ReplaysBitForBit() => Assert.Equal(Order, Shown(RunSchedule.Of(PlanOf(7), Batch)));

    [Fact]
    public void Of_GivenTags_PutsEachPromptsOwnOverThePlans()
    {
        var plan = PlanOf(7);
        plan = plan with
        {
            Tags = new CallTags { Team = "search", Feature = "rank" },
            Priority = CallPriority.Background,
            Prompts = [plan.Prompts[0] with { Tags = new CallTags { Feature = "index", User = "u1" } }, .. plan.Prompts.Skip(1)],
        };

        var runs = RunSchedule.Of(plan, Batch);

        Assert.All(runs, r => Assert.Equal(
            (r.Prompt.Id == "p1" ? new CallTags { Team = "search", Feature = "index", User = "u1" } : plan.Tags, CallPriority.Background), (r.Tags, r.Priority)));
        Assert.Contains(runs, r => r.Prompt.Id == "p1");
    }

    [Fact]
    public void Of_GivenAnotherSeed_GivesAnotherOrder() => Assert.NotEqual(Order, Shown(RunSchedule.Of(PlanOf(8), Batch)));

    [Fact]
    public void Of_GivenRandomRuns_DrawsModelAndPromptForEach()
    {
        var plan = PlanOf(7) with { WarmUps = 0, RandomRuns = 8 };

        var runs = RunSchedule.Of(plan, Batch);

        Assert.Equal(
            ["sim:a p3", "sim:a p1", "sim:c p2", "sim:b p1", "sim:b p4", "sim:c p1", "sim:a p4", "sim:a p4"],
            runs.Select(r => $"{r.Model} {r.Prompt.Id}"));
    }

    [Fact]
    public void Of_GivenMoreWarmUpsThanPrompts_TakesThePromptsInTurn()
    {
        var plan = PlanOf(7) with { WarmUps = 5, Models = [ModelKey.Parse("sim:a")] };

        var warmUps = RunSchedule.Of(plan, Batch).TakeWhile(r => r.Phase == RunPhase.WarmUp);

        Assert.Equal(["p1", "p2", "p3", "p4", "p1"], warmUps.Select(r => r.Prompt.Id));
    }

    [Fact]
    public void Of_GivenAnyPlan_HoldsEachModelOnceABlockAndEachPairOnceARepetition() =>
        Prop.ForAll(Plans, plan =>
        {
            var runs = RunSchedule.Of(plan, Batch);
            var measured = runs.Skip(plan.WarmUps * plan.Models.Count).ToArray();
            return runs.Select(r => r.Id.Ordinal).SequenceEqual(Enumerable.Range(0, runs.Count))
                && measured.All(r => r.Phase == RunPhase.Measured)
                && runs.Count(r => r.Phase == RunPhase.WarmUp) == plan.WarmUps * plan.Models.Count
                && measured.Chunk(plan.Models.Count).All(b => IsBlock(b, plan))
                && measured.Select(r => (r.Model, r.Prompt.Id, r.Repetition)).Distinct().Count() == measured.Length
                && measured.Length == plan.Models.Count * plan.Prompts.Count * plan.Repetitions
                && Shown(runs) == Shown(RunSchedule.Of(plan, Batch));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_GivenAPlan_AsksEveryModelWithTheSameParameters()
    {
        var plan = PlanOf(7) with { Parameters = new GenerationParameters(64, 0, 1, 5), Timeout = TimeSpan.FromSeconds(9), StoreText = true };

        var runs = RunSchedule.Of(plan, Batch);

        Assert.All(runs, r => Assert.Equal((plan.Parameters, plan.Timeout, true, "small"), (r.Parameters, r.Timeout, r.StoreText, r.Plan)));
    }

    private static readonly Arbitrary<RunPlan> Plans = (
        from seed in Gen.Choose(0, int.MaxValue)
        from models in Gen.Choose(1, 5)
        from prompts in Gen.Choose(1, 6)
        from repetitions in Gen.Choose(1, 4)
        from warmUps in Gen.Choose(0, 3)
        select PlanOf((ulong)seed) with
        {
            Models = [.. Enumerable.Range(1, models).Select(i => new ModelKey("sim", $"m{i}"))],
            Prompts = [.. Enumerable.Range(1, prompts).Select(PromptOf)],
            Repetitions = repetitions,
            WarmUps = warmUps,
        }).ToArbitrary();

    private static bool IsBlock(RunRequest[] block, RunPlan plan) =>
        block.Select(r => r.Model).ToHashSet().SetEquals(plan.Models) && block.Select(r => (r.Prompt.Id, r.Repetition)).Distinct().Count() == 1;

    private static RunPlan PlanOf(ulong seed) => new()
    {
        Name = "small",
        Seed = seed,
        Models = [ModelKey.Parse("sim:a"), ModelKey.Parse("sim:b"), ModelKey.Parse("sim:c")],
        Prompts = [PromptOf(1), PromptOf(2), PromptOf(3), PromptOf(4)],
        Repetitions = 2,
        WarmUps = 1,
    };

    private static Prompt PromptOf(int number) => new() { Id = $"p{number}", Category = "qa", Text = $"Question {number}?" };

    private static string Shown(IEnumerable<RunRequest> runs) =>
        string.Join('\n', runs.Select(r => $"{r.Id} {r.Phase} {r.Repetition} {r.Prompt.Id} {r.Model}"));
}
