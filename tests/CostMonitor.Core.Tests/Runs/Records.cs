using CostMonitor.Core.Contracts;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Runs;

/// <summary>Run records for tests, plain ones and any.</summary>
internal static class Records
{
    public static readonly DateTimeOffset Start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A measured run that succeeded: 200 ms, 10 tokens in, 20 out, 0.001 USD, compliant.</summary>
    public static RunRecord Plain(int ordinal) => new()
    {
        Id = new RunId(new BatchId("bench-1"), ordinal),
        Attempt = new Guid(ordinal, 0, 0, new byte[8]),
        Plan = "bench",
        Model = ModelKey.Parse("sim:a"),
        PromptId = "p1",
        Category = "qa",
        Started = Start.AddSeconds(ordinal),
        Timings = new CallTimings { EndToEnd = TimeSpan.FromMilliseconds(200) },
        Usage = new MeasuredUsage(new TokenUsage { Input = 10, Output = 20 }, IsEstimated: false),
        Cost = CallCost.Known(new Usd(0.001m), "sim-1"),
        Checks = [new CheckResult("not_empty", true, Gates: true, null)],
        Text = new TextFigures(200, 40, 20),
    };

    public static RunRecord Failed(int ordinal, FailureStage stage) => Plain(ordinal) with
    {
        Failure = new RunFailure(stage, "timeout", "No answer came in 100 s.", null),
        Checks = [],
        Text = default,
    };
}
