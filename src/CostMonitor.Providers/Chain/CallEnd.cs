using CostMonitor.Core.Calling;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;

namespace CostMonitor.Providers.Chain;

/// <summary>How a logical call ended, in the words of logs, spans and metrics.</summary>
internal sealed record CallEnd
{
    private static readonly CallEnd Ok = new() { Outcome = CallOutcome.Ok }, Cached = new() { Outcome = CallOutcome.Cached }, Abandoned = new() { Outcome = CallOutcome.Abandoned };

    public required CallOutcome Outcome { get; init; }

    /// <summary>Where it failed: a stage's name, <c>validate</c>, or <c>chain</c> for a fault of our own; null if it did not.</summary>
    public string? FailedAt { get; init; }

    /// <summary>Null if it did not fail.</summary>
    public string? ErrorType { get; init; }

    /// <summary>The words of the failure, without keys and prompts; null where there are none of ours.</summary>
    public string? Message { get; init; }

    public int? HttpStatus { get; init; }

    /// <summary>The checks of the contract that the answer did not pass; null if it passed or none was asked for.</summary>
    public string? FailedChecks { get; init; }

    public bool IsError => Outcome is CallOutcome.Failed or CallOutcome.Refused or CallOutcome.Invalid;

    public static string NameOf(FailureStage stage) => stage switch
    {
        FailureStage.Admission => "admission",
        FailureStage.Connect => "connect",
        FailureStage.Provider => "provider",
        FailureStage.Stream => "stream",
        FailureStage.Parse => "parse",
        FailureStage.Contract => "contract",
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "Not a stage."),
    };

    public static string NameOf(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Ok => "ok",
        CallOutcome.Cached => "cached",
        CallOutcome.Invalid => "invalid",
        CallOutcome.Failed => "failed",
        CallOutcome.Refused => "refused",
        CallOutcome.Abandoned => "abandoned",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an outcome."),
    };

    /// <param name="call">The call.</param>
    /// <param name="thrown">What ended it; null if nothing was thrown.</param>
    /// <param name="isGivenUp">Whether its caller left or cancelled it.</param>
    public static CallEnd Of(ModelCall call, Exception? thrown, bool isGivenUp) => (isGivenUp, thrown, call) switch
    {
        (true, _, _) => Abandoned,
        (_, ModelCallException e, _) => Of(e),
        (_, not null, _) => new CallEnd { Outcome = CallOutcome.Failed, FailedAt = "chain", ErrorType = thrown.GetType().Name }, // its words may hold anything
        (_, _, { Cache: not null }) => Cached,
        (_, _, { Attempt: { IsFiltered: true } filtered }) => Filtered(filtered),
        (_, _, { Attempt: { } attempt, Settings.Contract: not null }) => Checked(attempt, call.Settings),
        _ => Ok,
    };

    /// <summary>The words of a failure as telemetry may hold them; null where they may quote an answer, since what cannot be parsed may be one.</summary>
    public static string? WordsOf(ModelCallException e) => e.Stage == FailureStage.Parse ? null : e.Message;

    private static CallEnd Of(ModelCallException e) => new()
    {
        Outcome = e.Stage == FailureStage.Admission ? CallOutcome.Refused : CallOutcome.Failed,
        FailedAt = NameOf(e.Stage),
        ErrorType = TelemetryNames.OfServer(e.ErrorType),
        Message = WordsOf(e),
        HttpStatus = e.HttpStatus,
    };

    // As in the record of the run: such an answer is none.
    private static CallEnd Filtered(AttemptMeter attempt) => new()
    {
        Outcome = CallOutcome.Failed,
        FailedAt = NameOf(FailureStage.Provider),
        ErrorType = "content_filter",
        Message = "A content filter ended the answer.",
        HttpStatus = attempt.Trace.HttpStatus,
    };

    private static CallEnd Checked(AttemptMeter attempt, CallSettings settings)
    {
        var checks = settings.Contract?.Check(attempt.Text, attempt.FinishReason) ?? [];
        var failed = string.Join(',', checks.Where(static c => c is { Gates: true, Passed: false }).Select(static c => c.Name));
        return failed.Length == 0 ? Ok : new CallEnd { Outcome = CallOutcome.Invalid, FailedAt = "validate", ErrorType = "invalid_output", FailedChecks = failed };
    }
}
