using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Runs;

/// <summary>Turns the outcome of a run into its record: prices it, checks it, judges whether its figures can be trusted.</summary>
public static class RunRecorder
{
    public static RunRecord Record(
        RunRequest request, RunOutcome outcome, PriceCatalog catalog, DateTimeOffset started, TimeSpan queueWait, Guid attempt)
    {
        var failure = outcome is RunOutcome.Failed failed ? new RunFailure(failed.Stage, failed.ErrorType, failed.Message, failed.HttpStatus) : null;
        var run = new RunRecord
        {
            Id = request.Id,
            Attempt = attempt,
            Plan = request.Plan,
            Model = request.Model,
            PromptId = request.Prompt.Id,
            Category = request.Prompt.Category,
            Repetition = request.Repetition,
            Phase = request.Phase,
            Tags = request.Tags,
            Priority = request.Priority,
            Started = started,
            QueueWait = queueWait,
            LimiterWait = outcome.Path.LimiterWait,
            RetryWait = outcome.Path.RetryWait,
            EarlierAttempts = EarlierAttempts(outcome.Path.Attempts, failure),
            Route = outcome.Path.Route,
            UsesCache = request.UsesCache,
            Cache = outcome.Path.Cache,
            Failure = failure,
            InvalidReason = failure is null && outcome.Path.Cache is null ? InvalidReason(outcome) : null,
            FinishReason = outcome.FinishReason,
            AnsweredBy = outcome.AnsweredBy,
            ProviderRequestId = outcome.ProviderRequestId,
            Timings = outcome.Timings,
            Usage = outcome.Usage,
            BilledAs = outcome.BilledAs,
            Cost = default,
            Ledgers = outcome.Charge is { } charge ? [.. charge.Ledgers.Select(l => l.ToString())] : [],
            Worker = outcome.Charge?.Worker,
            Checks = failure is null ? request.Prompt.Contract.Check(outcome.Text, outcome.FinishReason) : [],
            Text = TextFigures.Of(outcome.Text),
            PromptText = request.StoreText ? request.Prompt.Text : null,
            Completion = request.StoreText ? outcome.Text : null,
        };
        return Priced(run, (offer, answeredBy, tokens) => catalog.CostOf(offer, answeredBy, tokens, started));
    }

    private static RunRecord Priced(RunRecord run, CallPricing.TokenPrice price) => run with
    {
        Cost = CallPricing.CostOf(run, price),
        Saved = CallPricing.SavedBy(run, price)?.Amount,
        EarlierAttempts = run.EarlierAttempts.Count == 0 ? [] : [.. run.EarlierAttempts.Select(a => a with { Cost = CallPricing.CostOf(a, price) })],
    };

    // The record itself is that of the last attempt, unless the chain refused to make another one.
    private static IReadOnlyList<CallAttempt> EarlierAttempts(IReadOnlyList<CallAttempt> attempts, RunFailure? failure) =>
        failure is { Stage: FailureStage.Admission } ? attempts : attempts.Count < 2 ? [] : [.. attempts.Take(attempts.Count - 1)];

    private static string? InvalidReason(RunOutcome outcome) =>
        CallPricing.UsageFault(outcome.Usage, outcome.Text.Length)
        ?? (outcome.Timings.EndToEnd > TimeSpan.Zero ? null : "The clock did not move during the call.");
}
