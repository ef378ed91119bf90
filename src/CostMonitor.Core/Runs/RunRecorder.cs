using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Runs;

/// <summary>Turns the outcome of a run into its record: prices it, checks it, judges whether its figures can be trusted.</summary>
public static class RunRecorder
{
    public static RunRecord Record(
        RunRequest request, RunOutcome outcome, PriceCatalog catalog, DateTimeOffset started, TimeSpan queueWait, Guid attempt)
    {
        var failure = outcome is RunOutcome.Failed failed ? new RunFailure(failed.Stage, failed.ErrorType, failed.Message, failed.HttpStatus) : null;
        return new RunRecord
        {
            Id = request.Id,
            Attempt = attempt,
            Plan = request.Plan,
            Model = request.Model,
            PromptId = request.Prompt.Id,
            Category = request.Prompt.Category,
            Repetition = request.Repetition,
            Phase = request.Phase,
            Started = started,
            QueueWait = queueWait,
            Failure = failure,
            InvalidReason = failure is null ? InvalidReason(outcome) : null,
            FinishReason = outcome.FinishReason,
            AnsweredBy = outcome.AnsweredBy,
            ProviderRequestId = outcome.ProviderRequestId,
            Timings = outcome.Timings,
            Usage = outcome.Usage,
            BilledAs = outcome.BilledAs,
            Cost = Cost(outcome.BilledAs ?? new Offer(request.Model), failure, outcome, catalog, started),
            Checks = failure is null ? request.Prompt.Contract.Check(outcome.Text, outcome.FinishReason) : [],
            Text = TextFigures.Of(outcome.Text),
            PromptText = request.StoreText ? request.Prompt.Text : null,
            Completion = request.StoreText ? outcome.Text : null,
        };
    }

    private static CallCost Cost(Offer offer, RunFailure? failure, RunOutcome outcome, PriceCatalog catalog, DateTimeOffset started) =>
        CallPricing.TokensToPrice(failure, outcome.Usage, outcome.Text.Length, out var otherwise) is { } tokens
            ? catalog.CostOf(offer, outcome.AnsweredBy, tokens, started)
            : otherwise;

    private static string? InvalidReason(RunOutcome outcome) =>
        CallPricing.UsageFault(outcome.Usage, outcome.Text.Length)
        ?? (outcome.Timings.EndToEnd > TimeSpan.Zero ? null : "The clock did not move during the call.");
}
