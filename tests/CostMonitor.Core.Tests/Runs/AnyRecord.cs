using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Runs;

/// <summary>Random run records, every field with and without a value.</summary>
internal static class AnyRecord
{
    private static readonly Gen<string> Text = Gen.Elements("a", "Ünïcode 日本 😀", "quote \" and \\", "line\nend\u0000", "</script>", "x,y;z");
    private static readonly Gen<string?> OptionalText = Gen.OneOf(Gen.Constant<string?>(null), Text.Select(t => (string?)t));
    private static readonly Gen<TimeSpan> Span = Gen.Choose(0, int.MaxValue).Select(t => TimeSpan.FromTicks(t * 7L));
    private static readonly Gen<TimeSpan?> OptionalSpan = Gen.OneOf(Gen.Constant<TimeSpan?>(null), Span.Select(s => (TimeSpan?)s));

    private static readonly Gen<CallTimings> Timings =
        from endToEnd in Span
        from spans in OptionalSpan.ArrayOf(4)
        from gaps in Gen.Choose(0, int.MaxValue).ListOf()
        select new CallTimings
        {
            EndToEnd = endToEnd, Connect = spans[0], FirstToken = spans[1], FirstContent = spans[2], LastToken = spans[3], GapsUs = [.. gaps],
        };

    private static readonly Gen<MeasuredUsage?> Usage =
        from known in Gen.Elements(true, false)
        from n in Gen.Choose(0, int.MaxValue).ArrayOf(7)
        from estimated in Gen.Elements(true, false)
        from doubt in OptionalText
        select known
            ? (MeasuredUsage?)new MeasuredUsage(
                new TokenUsage
                {
                    Input = n[0], CachedInput = n[1], CacheWrite = n[2], Output = n[3], Reasoning = n[4], AudioInput = n[5], AudioOutput = n[6],
                },
                estimated,
                doubt)
            : null;

    private static readonly Gen<CallCost> Cost = Gen.OneOf(
        from nanos in Gen.Choose(0, int.MaxValue)
        from label in Text
        select CallCost.Known(new Usd(nanos * 0.000000000001m), label),
        from reason in Text
        from label in OptionalText
        select CallCost.Unknown(reason, label));

    private static readonly Gen<PriceChange> Change =
        from number in Gen.Choose(0, int.MaxValue)
        from kind in Gen.Elements(Enum.GetValues<PriceChangeKind>())
        from before in Cost
        from who in Text
        select new PriceChange(new PriceChangeId(Records.Start.AddSeconds(number), (uint)number), Records.Start.AddSeconds(number), kind, before, who);

    private static readonly Gen<RunFailure?> Failure = Gen.OneOf(
        Gen.Constant<RunFailure?>(null),
        from stage in Gen.Elements(Enum.GetValues<FailureStage>())
        from type in Text
        from message in Text
        from status in Gen.Elements<int?>(null, 429, 500)
        select (RunFailure?)new RunFailure(stage, type, message, status));

    private static readonly Gen<CheckResult> Check =
        from name in Text
        from passed in Gen.Elements(true, false)
        from gates in Gen.Elements(true, false)
        from detail in OptionalText
        select new CheckResult(name, passed, gates, detail);

    private static readonly Gen<string> Ledger =
        from budget in Gen.Elements("all", "by-team")
        from value in Text.Or(Gen.Constant(""))
        select new LedgerKey(budget, value, "2026-05").ToString();

    private static readonly Gen<CallTags> Tags =
        from values in Gen.Elements<string?>(null, null, "search", "Ünïcode 日本 😀", "=1+1", CallTags.NoValue).ArrayOf(5)
        select new CallTags { Team = values[0], App = values[1], Feature = values[2], User = values[3], Experiment = values[4] };

    private static readonly Gen<CallAttempt> Attempt =
        from spans in Span.ArrayOf(3)
        from failure in Failure
        from usage in Usage
        from cost in Cost
        from status in Gen.Elements<int?>(null, 200, 500)
        from id in OptionalText
        select new CallAttempt
        {
            Model = ModelKey.Parse("sim:b"), At = spans[0], Wait = spans[1], Took = spans[2], Failure = failure, Usage = usage, Cost = cost, HttpStatus = status,
            BilledAs = status is null ? new Offer(ModelKey.Parse("openai:gpt-4o"), ServiceTier.Flex) : null, ProviderRequestId = id,
        };

    private static readonly Gen<CallRoute?> Route = Gen.OneOf(
        Gen.Constant<CallRoute?>(null),
        from reason in Text
        from failovers in Gen.Choose(0, 5)
        select (CallRoute?)new CallRoute(ModelKey.Parse("sim:b"), reason, failovers));

    private static readonly Gen<CacheHit?> Cache = Gen.OneOf(
        Gen.Constant<CacheHit?>(null),
        from source in Gen.Elements(Enum.GetValues<CacheSource>())
        from age in Span
        from tokens in Gen.Choose(0, int.MaxValue)
        from stale in Gen.Elements(true, false)
        select (CacheHit?)new CacheHit(source, age, new TokenUsage { Input = tokens, Reasoning = 3 }) { IsStale = stale });

    /// <summary>Any record, whatever became of its run.</summary>
    public static readonly Gen<RunRecord> Generator =
        from ordinal in Gen.Choose(0, RunId.MaxOrdinal)
        from attempt in Gen.Choose(0, int.MaxValue)
        from model in Gen.Elements("sim:a", "sim:b", "openai:gpt-4o")
        from ticks in Gen.Choose(0, int.MaxValue)
        from phase in Gen.Elements(RunPhase.Measured, RunPhase.WarmUp)
        from wait in Span
        from timings in Timings
        from usage in Usage
        from cost in Cost
        from changes in Gen.Frequency((3, Gen.Constant(new List<PriceChange>())), (1, Change.ListOf()))
        from failure in Failure
        from checks in Check.ListOf()
        from figures in Gen.Choose(0, 5_000).ArrayOf(4)
        from texts in OptionalText.ArrayOf(6)
        from attempts in Gen.Frequency((3, Gen.Constant(new List<CallAttempt>())), (1, Attempt.ListOf()))
        from route in Route
        from cache in Cache
        from waits in Span.ArrayOf(2)
        from ledgers in Ledger.ListOf()
        from tags in Tags
        from priority in Gen.Elements(Enum.GetValues<CallPriority>())
        from worker in OptionalText
        select new RunRecord
        {
            Id = new RunId(new BatchId("any-1"), ordinal),
            Attempt = new Guid(attempt, 1, 2, new byte[8]),
            Plan = "any",
            Model = ModelKey.Parse(model),
            PromptId = $"p{figures[3] % 3}",
            Category = figures[3] % 2 == 0 ? "qa" : "coding",
            Repetition = figures[3],
            Phase = phase,
            Tags = tags,
            Priority = priority,
            Started = Records.Start.AddTicks(ticks),
            QueueWait = wait,
            LimiterWait = waits[0],
            RetryWait = waits[1],
            EarlierAttempts = [.. attempts],
            Route = route,
            UsesCache = figures[3] % 5 == 0,
            Cache = cache,
            Saved = cache is { IsStale: true } ? new Usd(0.25m) : null,
            Failure = failure,
            InvalidReason = texts[0],
            FinishReason = texts[1],
            AnsweredBy = texts[2],
            ProviderRequestId = texts[3],
            Timings = timings,
            Usage = usage,
            Cost = cost,
            PriceChanges = [.. changes],
            Ledgers = [.. ledgers],
            Worker = worker,
            Checks = [.. checks],
            Text = new TextFigures(figures[0], figures[1], figures[2]),
            PromptText = texts[4],
            Completion = texts[5],
        };

    /// <summary>About half of them count.</summary>
    public static readonly Gen<RunRecord> Mixed =
        Gen.OneOf(Generator, Generator.Select(run => run with { Failure = null, InvalidReason = null, Phase = RunPhase.Measured, Cache = null, Saved = null }));
}
