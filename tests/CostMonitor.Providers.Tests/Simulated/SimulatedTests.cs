using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Simulated;
using Xunit;

namespace CostMonitor.Providers.Tests.Simulated;

public sealed class SimulatedTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SimulatedProfile Steady = new() { TtftMs = new Spread(200, 200), OutputTokens = new Spread(11, 11), TokensPerSecond = 100 };

    [Fact]
    public async Task CompleteAsync_GivenTwoBenchmarks_ReplaysEveryFigure()
    {
        var profile = new SimulatedProfile { ErrorRate = 0.1, TimeoutRate = 0.05, ReasoningTokens = 4, InvalidJsonRate = 0.5 };

        var first = await Benchmark(profile, Enumerable.Range(0, 60));
        var second = await Benchmark(profile, Enumerable.Range(0, 60));

        Assert.Equal(first, second);
        Assert.True(first.Distinct().Count() > 50); // it is no constant
        Assert.Contains(first, static f => f.Contains("timeout", StringComparison.Ordinal));
        Assert.Contains(first, static f => f.Contains("server_error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CompleteAsync_GivenAnotherOrder_GivesEachRunTheSameAnswer()
    {
        var forward = await Benchmark(new SimulatedProfile(), Enumerable.Range(0, 20));
        var backward = await Benchmark(new SimulatedProfile(), Enumerable.Range(0, 20).Reverse());

        Assert.Equal(forward, Enumerable.Reverse(backward));
    }

    [Fact]
    public async Task CompleteAsync_GivenOneSeedAndTwoModels_AnswersDifferently()
    {
        var a = await Complete(new SimulatedProfile(), Request("run") with { Model = new ModelKey("sim", "a") }, new VirtualClock(Start));
        var b = await Complete(new SimulatedProfile(), Request("run") with { Model = new ModelKey("sim", "b") }, new VirtualClock(Start));

        Assert.NotEqual(a.Timings.EndToEnd, b.Timings.EndToEnd);
    }

    [Fact]
    public async Task CompleteAsync_GivenAVirtualClock_MovesItByTheCall()
    {
        var clock = new VirtualClock(Start);

        var outcome = await Complete(Steady, Request("run"), clock);

        Assert.Equal(TimeSpan.FromMilliseconds(200), outcome.Timings.FirstToken);
        Assert.Equal(10, outcome.Timings.GapsUs.Count);
        Assert.All(outcome.Timings.GapsUs, static gap => Assert.InRange(gap, 5_000, 15_000)); // 10 ms, half to one and a half
        Assert.Equal(Start + outcome.Timings.EndToEnd, clock.GetUtcNow());
    }

    [Fact]
    public async Task CompleteAsync_GivenFixedTokens_GivesNineForNine()
    {
        var outcome = await Complete(new SimulatedProfile { FixedTokens = 9 }, Request("run"), new VirtualClock(Start));

        Assert.Equal(new MeasuredUsage(new TokenUsage { Input = 9, Output = 9 }, IsEstimated: false), outcome.Usage);
        Assert.Equal(9, outcome.Text.Split(' ').Length);
    }

    [Fact]
    public async Task CompleteAsync_GivenDrift_SlowsByTheHour()
    {
        var clock = new VirtualClock(Start);
        using var chat = new SimulatedChatClient(Given.Mock, Steady with { DriftPerHour = 0.1 }, clock);
        clock.Wait(TimeSpan.FromHours(10), CancellationToken.None);

        var outcome = await new MeteredCompletionClient(new Deployment(Given.Mock), chat, clock).CompleteAsync(Request("run"), CancellationToken.None);

        Assert.Equal(TimeSpan.FromMilliseconds(400), outcome.Timings.FirstToken); // 200 * (1 + 10 * 0.1)
    }

    [Fact]
    public async Task CompleteAsync_GivenACallThatIsNeverAnswered_TimesOutAtItsDeadline()
    {
        var clock = new VirtualClock(Start);

        var outcome = await Complete(new SimulatedProfile { TimeoutRate = 1 }, Request("run") with { Timeout = TimeSpan.FromSeconds(7) }, clock);

        Assert.Equal((FailureStage.Connect, "timeout"), (Assert.IsType<RunOutcome.Failed>(outcome).Stage, ((RunOutcome.Failed)outcome).ErrorType));
        Assert.Equal(TimeSpan.FromSeconds(7), outcome.Timings.EndToEnd);
    }

    [Fact]
    public async Task CompleteAsync_GivenALimit_StopsThereAndSaysSo()
    {
        var request = Request("run") with { Parameters = new(MaxOutputTokens: 6) };

        var outcome = await Complete(Steady with { ReasoningTokens = 4 }, request, new VirtualClock(Start));

        Assert.Equal("length", outcome.FinishReason);
        Assert.Equal(new TokenUsage { Reasoning = 4, Output = 2, Input = 14 }, outcome.Usage!.Value.Tokens); // 3 + 3 + Which 2 city 1 " answer 2 " ? = 8
    }

    [Fact]
    public async Task CompleteAsync_GivenJsonAsked_WritesAnObjectWithTheQuotedNames()
    {
        var request = Request("run") with { WantsJson = true, Prompt = """Answer with "city" and "score".""" };

        var outcome = await Complete(Steady, request, new VirtualClock(Start));

        using var json = System.Text.Json.JsonDocument.Parse(outcome.Text);
        Assert.Equal(["city", "score"], json.RootElement.EnumerateObject().Select(static p => p.Name));
    }

    [Fact]
    public async Task CompleteAsync_GivenInvalidJsonAlways_WritesNone()
    {
        var outcome = await Complete(Steady with { InvalidJsonRate = 1 }, Request("run") with { WantsJson = true }, new VirtualClock(Start));

        Assert.ThrowsAny<System.Text.Json.JsonException>(() => System.Text.Json.JsonDocument.Parse(outcome.Text));
    }

    [Fact]
    public async Task CompleteAsync_GivenEcho_RepeatsThePrompt()
    {
        var outcome = await Complete(Steady with { Content = SimulatedContent.Echo, OutputTokens = new Spread(4, 4) }, Request("run") with { Prompt = "one two three" }, new VirtualClock(Start));

        Assert.Equal("one two three one", outcome.Text);
    }

    [Fact]
    public async Task Draw_GivenASpread_HasItsMedianAndP95()
    {
        var figures = new List<double>();
        for (var i = 0; i < 2_000; i++)
        {
            var outcome = await Complete(new SimulatedProfile { TtftMs = new Spread(200, 600), FixedTokens = 1 }, Request($"run-{i}"), new VirtualClock(Start));
            figures.Add(outcome.Timings.FirstToken!.Value.TotalMilliseconds);
        }

        figures.Sort();
        Assert.InRange(figures[1_000], 185, 215); // the standard error of the median is 1.25 * 0.67 / sqrt(2000) = 1.9 %
        Assert.InRange(figures[1_900], 530, 680);
    }

    private static async Task<List<string>> Benchmark(SimulatedProfile profile, IEnumerable<int> runs)
    {
        var clock = new VirtualClock(Start);
        using var chat = new SimulatedChatClient(Given.Mock, profile, clock);
        var metered = new MeteredCompletionClient(new Deployment(Given.Mock), chat, clock);
        var figures = new List<string>();
        foreach (var run in runs)
        {
            var outcome = await metered.CompleteAsync(Request($"run-{run}") with { WantsJson = run % 5 == 0 }, CancellationToken.None);
            figures.Add($"{outcome} {string.Join(',', outcome.Timings.GapsUs)}".Replace(outcome.Timings.GapsUs.ToString()!, "", StringComparison.Ordinal));
        }

        return figures;
    }

    private static async Task<RunOutcome> Complete(SimulatedProfile profile, CompletionRequest request, VirtualClock clock)
    {
        using var chat = new SimulatedChatClient(request.Model, profile, clock);
        return await new MeteredCompletionClient(new Deployment(request.Model), chat, clock).CompleteAsync(request, CancellationToken.None);
    }

    private static CompletionRequest Request(string id) => new() { Id = id, Model = Given.Mock, Prompt = "Which city \"answer\"?" };
}
