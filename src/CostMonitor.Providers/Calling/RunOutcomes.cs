using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Wire;

namespace CostMonitor.Providers.Calling;

/// <summary>Makes the outcome of a metered call.</summary>
internal static class RunOutcomes
{
    private const string ContentFilter = "content_filter";

    public static RunOutcome Ended(ModelKey model, CompletionRequest request, MeteredCall call, Action<UsageDoubt>? onDoubt)
    {
        if (call.Error is { } error)
        {
            var stage = call.HasTokens ? FailureStage.Stream : FailureStage.Provider;
            var code = error.ErrorCode ?? "stream_error";
            return Failed(model, request, call, new ModelCallException(stage, code, $"{model} reported an error in its stream."), onDoubt);
        }

        if (call.FinishReason == ContentFilter)
        {
            var filtered = new ModelCallException(FailureStage.Provider, ContentFilter, $"{model}: a content filter ended the answer.")
            {
                HttpStatus = call.Trace.HttpStatus,
            };
            return Failed(model, request, call, filtered, onDoubt);
        }

        return new RunOutcome.Succeeded
        {
            Timings = call.Timings(),
            Usage = Measured(model, request, call, isCharged: true, onDoubt),
            FinishReason = call.FinishReason,
            Text = call.Text,
            AnsweredBy = call.AnsweredBy,
            ProviderRequestId = call.Trace.RequestId ?? call.ResponseId,
        };
    }

    public static RunOutcome Failed(
        ModelKey model, CompletionRequest request, MeteredCall call, ModelCallException e, Action<UsageDoubt>? onDoubt) =>
        new RunOutcome.Failed
        {
            Timings = call.Timings(),
            Usage = Measured(model, request, call, IsCharged(call, e), onDoubt),
            FinishReason = call.FinishReason ?? (e.ErrorType == ContentFilter ? ContentFilter : null),
            Text = call.Text,
            AnsweredBy = call.AnsweredBy,
            ProviderRequestId = call.Trace.RequestId ?? call.ResponseId,
            Stage = e.Stage,
            ErrorType = e.ErrorType,
            Message = WithoutPrompt(e.Message, request),
            HttpStatus = e.HttpStatus ?? call.Trace.HttpStatus,
        };

    // Once an answer has begun the prompt was read. Azure also charges prompts that its filter refuses, and its own time-outs (408).
    private static bool IsCharged(MeteredCall call, ModelCallException e) =>
        call.HasTokens || e.Stage == FailureStage.Stream || e.ErrorType == ContentFilter || e.HttpStatus == 408;

    private static MeasuredUsage? Measured(
        ModelKey model, CompletionRequest request, MeteredCall call, bool isCharged, Action<UsageDoubt>? onDoubt)
    {
        string? reason = null;
        if (call.Reported is { } reported)
        {
            if (StandardUsage.Read(reported).TryNormalise(call.HasTokens, out var tokens, out reason)) return new MeasuredUsage(tokens, IsEstimated: false);
            onDoubt?.Invoke(new UsageDoubt(model, request.Id, reason));
        }

        return isCharged ? new MeasuredUsage(call.Estimate(request), IsEstimated: true, reason) : null;
    }

    // Some servers quote what they refuse.
    private static string WithoutPrompt(string message, CompletionRequest request) =>
        Redaction.WithoutPrompt(Redaction.WithoutPrompt(message, request.Prompt), request.System ?? "");
}
