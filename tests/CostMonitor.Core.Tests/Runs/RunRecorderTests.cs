using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Runs;

public sealed class RunRecorderTests
{
    private static readonly PriceCatalog Catalog = PriceFile.ParseAll([("acme.json", """
        {"provider":"acme","models":[{"model":"one","prices":[
          {"label":"list-1","effectiveFrom":"2026-01-01","checked":"2026-01-01","source":"s","currency":"USD","perMillionTokens":{"input":5,"output":15}}]}]}
        """)]);

    private static readonly CallTimings Timings = new() { EndToEnd = TimeSpan.FromMilliseconds(250) };
    private static readonly MeasuredUsage Usage = new(new TokenUsage { Input = 1_000, Output = 2_000 }, IsEstimated: false);

    [Fact]
    public void Record_GivenASuccess_KeepsPricesAndChecksIt()
    {
        var run = Record(new RunOutcome.Succeeded
        {
            Timings = Timings, Usage = Usage, Text = "Four words are here", FinishReason = "stop", AnsweredBy = "one-0501", ProviderRequestId = "req_1",
        });

        Assert.Equal(CallCost.Known(new Usd(0.035m), "list-1"), run.Cost); // M048
        Assert.Equal(("b.000007", "bench", "acme:one", "p1", "qa", 2), (run.Id.ToString(), run.Plan, run.Model.ToString(), run.PromptId, run.Category, run.Repetition));
        Assert.Equal(("stop", "one-0501", "req_1", Usage), (run.FinishReason, run.AnsweredBy, run.ProviderRequestId, run.Usage));
        Assert.Equal((Records.Start, TimeSpan.FromSeconds(1), Timings), (run.Started, run.QueueWait, run.Timings));
        Assert.Equal(new TextFigures(19, 4, 4), run.Text);
        Assert.Equal((true, true, true), (run.Succeeded, run.Counts, run.IsCompliant));
        Assert.Equal((null, null), (run.PromptText, run.Completion)); // P8: texts are kept only when the plan says so
    }

    [Fact]
    public void Record_GivenAPlanThatKeepsTexts_KeepsBoth()
    {
        var run = Record(new RunOutcome.Succeeded { Timings = Timings, Usage = Usage, Text = "A." }, Request with { StoreText = true });

        Assert.Equal(("Why?", "A."), (run.PromptText, run.Completion));
    }

    [Fact]
    public void Record_GivenABrokenContract_CountsAndIsNotCompliant()
    {
        var run = Record(new RunOutcome.Succeeded { Timings = Timings, Usage = Usage, Text = "  " });

        Assert.Equal((true, false), (run.Counts, run.IsCompliant)); // M074
    }

    [Fact]
    public void Record_GivenAWarmUp_DoesNotCount() =>
        Assert.False(Record(new RunOutcome.Succeeded { Timings = Timings, Usage = Usage, Text = "A." }, Request with { Phase = RunPhase.WarmUp }).Counts);

    [Theory]
    [InlineData(FailureStage.Admission, "budget", null, 0, "not called")]
    [InlineData(FailureStage.Contract, "unsupported", null, 0, "not called")]
    [InlineData(FailureStage.Contract, "invalid_request", 400, 0, "not called")]
    [InlineData(FailureStage.Connect, "refused", null, 0, "not called")]
    [InlineData(FailureStage.Connect, "timeout", null, null, null)] // it may have been answered, and billed
    [InlineData(FailureStage.Provider, "invalid_api_key", 401, 0, "not billed")]
    [InlineData(FailureStage.Provider, "forbidden", 403, 0, "not billed")]
    [InlineData(FailureStage.Provider, "not_found", 404, 0, "not billed")]
    [InlineData(FailureStage.Provider, "rate_limit_exceeded", 429, 0, "not billed")]
    [InlineData(FailureStage.Provider, "server_error", 500, null, null)]
    [InlineData(FailureStage.Stream, "broken", 200, null, null)]
    [InlineData(FailureStage.Parse, "invalid_json", 200, null, null)]
    public void Record_GivenAFailureWithoutUsage_CostsNothingOnlyWhereThatIsKnown(FailureStage stage, string type, int? status, int? cost, string? label)
    {
        var run = Record(Failure(stage, type, status));

        Assert.Equal((cost is { } usd ? new Usd(usd) : (Usd?)null, label), (run.Cost.Amount, run.Cost.Label));
        Assert.Equal(cost is null, run.Cost.UnpricedReason is not null);
        Assert.Equal(new RunFailure(stage, type, "It failed.", status), run.Failure);
        Assert.Equal((false, null, null), (run.Counts, run.IsCompliant, run.InvalidReason));
        Assert.Empty(run.Checks);
    }

    [Fact]
    public void Record_GivenAFailureWithUsage_IsPricedByIt()
    {
        var run = Record(Failure(FailureStage.Stream, "broken", 200) with { Usage = Usage with { IsEstimated = true }, Text = "Half an ans" });

        Assert.Equal(new Usd(0.035m), run.Cost.Amount);
        Assert.Equal(3, run.Text.Words);
    }

    [Fact]
    public void Record_GivenAModelWithoutAPrice_IsUnpricedAndCounts()
    {
        var run = Record(new RunOutcome.Succeeded { Timings = Timings, Usage = Usage, Text = "A." }, Request with { Model = ModelKey.Parse("acme:two") });

        Assert.Equal((null, "No price for acme:two on 2026-05-01.", true), (run.Cost.Amount, run.Cost.UnpricedReason, run.Counts));
    }

    [Fact]
    public void Record_GivenNoUsage_IsInvalidAndUnpriced()
    {
        var run = Record(new RunOutcome.Succeeded { Timings = Timings, Text = "A." });

        Assert.Equal(("The reply reports no usage.", null, false), (run.InvalidReason, run.Cost.Amount, run.Counts));
    }

    [Theory]
    [InlineData(0, 5, "A.", 250, "The usage reports 0 input tokens: the API's contract is not what the adapter expects.")]
    [InlineData(0, 0, "A.", 250, "The usage reports 0 input tokens: the API's contract is not what the adapter expects.")]
    [InlineData(5, 0, "A.", 250, "The usage reports 0 output tokens for a reply that is not empty.")]
    [InlineData(5, 0, "", 250, null)]
    [InlineData(5, 5, "A.", 0, "The clock did not move during the call.")]
    public void Record_GivenFiguresThatCannotBe_IsInvalid(long input, long output, string text, int latencyMs, string? reason)
    {
        var run = Record(new RunOutcome.Succeeded
        {
            Timings = new CallTimings { EndToEnd = TimeSpan.FromMilliseconds(latencyMs) },
            Usage = new MeasuredUsage(new TokenUsage { Input = input, Output = output }, false),
            Text = text,
        });

        Assert.Equal((reason, reason is null), (run.InvalidReason, run.Counts)); // M044
    }

    [Fact]
    public void Record_GivenAReplyThatReportsNoTokens_DoesNotCostZero()
    {
        var run = Record(new RunOutcome.Succeeded
        {
            Timings = Timings, Usage = new MeasuredUsage(default, IsEstimated: false), Text = "A.",
        });

        Assert.Null(run.Cost.Amount); // a price times 0 tokens would be a silent zero
        Assert.NotNull(run.Cost.UnpricedReason);
    }

    [Fact]
    public void Record_GivenEarlierAttempts_AddsWhatTheyAreBilled()
    {
        var charged = new CallAttempt
        {
            Model = Request.Model, At = TimeSpan.Zero, Took = TimeSpan.FromSeconds(9), HttpStatus = 408, Failure = new RunFailure(FailureStage.Provider, "timeout", "Slow.", 408),
            Usage = new MeasuredUsage(new TokenUsage { Input = 1_000 }, IsEstimated: true),
        };

        var run = Record(Succeeded with { Path = new CallPath { Attempts = [charged, Limited, Broken, Answering], RetryWait = TimeSpan.FromSeconds(3), LimiterWait = TimeSpan.FromSeconds(2) } });

        Assert.Equal(new Usd(0.040m), run.Cost.Amount); // 0.035 of the answer, 1,000 input tokens at 5 USD a million
        Assert.Equal(
            [CallCost.Known(new Usd(0.005m), "list-1"), CallCost.Known(Usd.Zero, "not billed"), CallCost.Unknown("The provider reported no usage, and what it billed cannot be known.")],
            run.EarlierAttempts.Select(a => a.Cost ?? default));
        Assert.Equal((4, 1, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2), Timings), (run.Attempts, run.UnknownAttempts, run.RetryWait, run.LimiterWait, run.Timings));
    }

    [Fact]
    public void Record_GivenOneAttempt_HasNoEarlierOne()
    {
        var run = Record(Succeeded with { Path = new CallPath { Attempts = [Answering] } });

        Assert.Empty(run.EarlierAttempts);
        Assert.Equal(1, run.Attempts);
    }

    [Fact]
    public void Record_GivenARefusalAfterAnAttempt_KeepsTheAttempt()
    {
        var run = Record(Failure(FailureStage.Admission, "breaker_open", null) with { Path = new CallPath { Attempts = [Broken] } });

        Assert.Equal((1, 1, CallCost.Known(Usd.Zero, "not called")), (run.Attempts, run.UnknownAttempts, run.Cost));
    }

    [Fact]
    public void Record_GivenAnEarlierAttemptWithoutAPrice_IsUnpriced()
    {
        var other = Broken with { Model = ModelKey.Parse("acme:two"), Usage = new MeasuredUsage(new TokenUsage { Input = 7 }, IsEstimated: true) };

        var run = Record(Succeeded with { Path = new CallPath { Attempts = [other, Answering] } });

        Assert.Equal((null, "No price for acme:two on 2026-05-01."), (run.Cost.Amount, run.Cost.UnpricedReason));
    }

    [Fact]
    public void Record_GivenACachedAnswer_IsFreeAndInNoSample()
    {
        var hit = new CacheHit(CacheSource.Memory, TimeSpan.FromMinutes(5), new TokenUsage { Input = 1_000, Output = 2_000 });

        var run = Record(new RunOutcome.Succeeded { Timings = new CallTimings { EndToEnd = TimeSpan.Zero }, Text = "A.", Path = new CallPath { Cache = hit } });

        Assert.Equal((CallCost.Known(Usd.Zero, "cached"), new Usd(0.035m), null), (run.Cost, run.Saved, run.InvalidReason));
        Assert.Equal((true, false, 0, true), (run.Succeeded, run.Counts, run.Attempts, run.IsCompliant));
    }

    private static readonly RunOutcome.Succeeded Succeeded = new() { Timings = Timings, Usage = Usage, Text = "A." };

    private static readonly CallAttempt Answering = new() { Model = ModelKey.Parse("acme:one"), At = TimeSpan.FromSeconds(12), Took = TimeSpan.FromMilliseconds(250), HttpStatus = 200 };

    [Fact]
    public void Record_GivenTagsAndAPriority_KeepsThem()
    {
        var tags = new CallTags { Team = "search", Experiment = "x-1" };

        var run = Record(new RunOutcome.Succeeded { Timings = Timings, Usage = Usage, Text = "A." }, Request with { Tags = tags, Priority = CallPriority.Background });

        Assert.Equal((tags, CallPriority.Background), (run.Tags, run.Priority));
    }

    [Fact]
    public void Record_GivenACharge_KeepsItsLedgersAndWhoPays()
    {
        var charge = new NotedCharge([], [new LedgerKey("all", "", "2026-05"), new LedgerKey("by-team", "search", "2026-05")]);

        var run = Record(new RunOutcome.Succeeded { Timings = Timings, Usage = Usage, Text = "A.", Charge = charge });

        Assert.Equal(["all|2026-05|", "by-team|2026-05|search"], run.Ledgers);
        Assert.Equal("w-1", run.Worker);
    }

    [Fact]
    public void Record_GivenNoCharge_NamesNoLedgerAndNoWorker()
    {
        var run = Record(new RunOutcome.Succeeded { Timings = Timings, Usage = Usage, Text = "A." });

        Assert.Empty(run.Ledgers);
        Assert.Null(run.Worker);
    }

    private static readonly CallAttempt Limited = Answering with { HttpStatus = 429, Failure = new RunFailure(FailureStage.Provider, "rate_limit", "Slow down.", 429) };

    private static readonly CallAttempt Broken = Answering with { HttpStatus = 500, Failure = new RunFailure(FailureStage.Provider, "server_error", "Oops.", 500) };

    private static readonly RunRequest Request = new()
    {
        Id = RunId.Parse("b.000007"),
        Plan = "bench",
        Model = ModelKey.Parse("acme:one"),
        Prompt = new Prompt { Id = "p1", Category = "qa", Text = "Why?", Contract = OutputContract.AnyText },
        Repetition = 2,
    };

    private static RunOutcome.Failed Failure(FailureStage stage, string type, int? status) =>
        new() { Timings = Timings, Stage = stage, ErrorType = type, Message = "It failed.", HttpStatus = status };

    private static RunRecord Record(RunOutcome outcome, RunRequest? request = null) =>
        RunRecorder.Record(request ?? Request, outcome, Catalog, Records.Start, TimeSpan.FromSeconds(1), Guid.Empty);
}
