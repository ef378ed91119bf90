using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Runs;

/// <summary>Turns the outcome of a run into its record: prices it, checks it, judges whether its figures can be trusted.</summary>
public static class RunRecorder
{
    public static RunRecord Record(
        RunRequest request, RunOutcome outcome, PriceCatalog catalog, DateTimeOffset started, TimeSpan queueWait, Guid attempt)
    {
        var failed = outcome as RunOutcome.Failed;
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
            Failure = failed is null ? null : new RunFailure(failed.Stage, failed.ErrorType, failed.Message, failed.HttpStatus),
            InvalidReason = failed is null ? InvalidReason(outcome) : null,
            FinishReason = outcome.FinishReason,
            AnsweredBy = outcome.AnsweredBy,
            ProviderRequestId = outcome.ProviderRequestId,
            Timings = outcome.Timings,
            Usage = outcome.Usage,
            BilledAs = outcome.BilledAs,
            Cost = Cost(outcome.BilledAs ?? new Offer(request.Model), outcome, catalog, started),
            Checks = failed is null ? request.Prompt.Contract.Check(outcome.Text, outcome.FinishReason) : [],
            Text = TextFigures.Of(outcome.Text),
            PromptText = request.StoreText ? request.Prompt.Text : null,
            Completion = request.StoreText ? outcome.Text : null,
        };
    }

    private static CallCost Cost(Offer offer, RunOutcome outcome, PriceCatalog catalog, DateTimeOffset started) => outcome switch
    {
        RunOutcome.Succeeded when UsageFault(outcome) is { } fault => CallCost.Unknown(fault), // a price times a wrong figure is no cost
        { Usage: { } usage } => catalog.CostOf(offer, outcome.AnsweredBy, usage.Tokens, started),
        RunOutcome.Failed { Stage: FailureStage.Admission or FailureStage.Contract } => CallCost.Known(Usd.Zero, "not called"),
        RunOutcome.Failed { HttpStatus: 401 or 403 or 404 or 429 } => CallCost.Known(Usd.Zero, "not billed"),
        RunOutcome.Failed { Stage: FailureStage.Connect } failed when failed.ErrorType != "timeout" => CallCost.Known(Usd.Zero, "not called"),
        _ => CallCost.Unknown("The provider reported no usage, and what it billed cannot be known."),
    };

    private static string? InvalidReason(RunOutcome outcome) =>
        UsageFault(outcome) ?? (outcome.Timings.EndToEnd > TimeSpan.Zero ? null : "The clock did not move during the call.");

    private static string? UsageFault(RunOutcome outcome) => outcome switch
    {
        { Usage: null } => "The reply reports no usage.",
        { Usage.Tokens.TotalInput: 0 } => "The usage reports 0 input tokens: the API's contract is not what the adapter expects.",
        { Usage.Tokens.TotalOutput: 0, Text.Length: > 0 } => "The usage reports 0 output tokens for a reply that is not empty.",
        _ => null,
    };
}
