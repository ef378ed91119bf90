using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Chain;

namespace CostMonitor.Providers.Calling;

/// <summary>Makes the outcome of a call that has ended.</summary>
internal static class RunOutcomes
{
    private static readonly CallTimings NoTime = new() { EndToEnd = TimeSpan.Zero };

    public static RunOutcome Ended(ModelKey model, ModelCall call, CachedText cached) => (call.Cache, call.Attempt) switch
    {
        (null, { IsFiltered: true } filtered) => Failed(call, new ModelCallException(FailureStage.Provider, "content_filter", $"{model}: a content filter ended the answer.") { HttpStatus = filtered.Trace.HttpStatus }),
        (null, { } attempt) => new RunOutcome.Succeeded
        {
            Timings = attempt.Timings(),
            Usage = attempt.Usage(out _),
            FinishReason = attempt.FinishReason,
            Text = attempt.Text,
            AnsweredBy = attempt.AnsweredBy,
            BilledAs = BilledAs(call, attempt),
            ProviderRequestId = attempt.ProviderRequestId,
            Path = call.Path(),
            Charge = call.Charge,
        },
        _ => new RunOutcome.Succeeded
        {
            Timings = NoTime,
            FinishReason = cached.FinishReason,
            Text = cached.Text,
            AnsweredBy = cached.AnsweredBy,
            Path = call.Path(),
        },
    };

    public static RunOutcome Failed(ModelCall call, ModelCallException e)
    {
        var attempt = e is CallRefusedException ? null : call.Attempt; // what was tried before is in the path
        return new RunOutcome.Failed
        {
            Timings = attempt?.Timings() ?? NoTime,
            Usage = attempt?.Usage(out _),
            FinishReason = attempt?.FinishReason ?? (attempt is { IsFiltered: true } ? e.ErrorType : null),
            Text = attempt?.Text ?? "",
            AnsweredBy = attempt?.AnsweredBy,
            BilledAs = attempt is null ? null : BilledAs(call, attempt),
            ProviderRequestId = attempt?.ProviderRequestId,
            Path = call.Path(),
            Charge = call.Charge,
            Stage = e.Stage,
            ErrorType = e.ErrorType,
            Message = e.Message,
            HttpStatus = e.HttpStatus ?? attempt?.Trace.HttpStatus,
        };
    }

    // A routed call was asked for under the route's name, which has no price: it is billed as the deployment that was asked.
    private static Offer? BilledAs(ModelCall call, AttemptMeter attempt) =>
        attempt.BilledAs ?? (call.Route is null ? null : new Offer(attempt.Deployment.Model));
}
