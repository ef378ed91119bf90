using System.Diagnostics;
using CostMonitor.Core.Usage;

namespace CostMonitor.Providers.Chain;

/// <summary>The span and the metrics of each attempt at one deployment, by the semantic conventions for generative AI.</summary>
internal sealed class AttemptTelemetry
{
    private readonly string _span, _deployment;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly bool _isRehearsal;

    public AttemptTelemetry(Deployment deployment)
    {
        (_span, _deployment) = ($"{CallTelemetry.Chat} {deployment.Model.Model}", deployment.Model.ToString());
        _isRehearsal = deployment.IsRehearsal;
        List<KeyValuePair<string, object?>> tags =
        [
            new("gen_ai.operation.name", CallTelemetry.Chat),
            new("gen_ai.provider.name", TelemetryNames.OfProvider(deployment.Model.Provider)),
            new("gen_ai.request.model", deployment.Model.Model),
        ];
        if (deployment.Server is { } server) tags.AddRange([new("server.address", server.Host), new("server.port", server.Port)]);
        _tags = [.. tags];
    }

    /// <summary>Starts the attempt's span below the call's.</summary>
    /// <returns>Null when nobody listens.</returns>
    public Activity? Start(ModelCall call)
    {
        var span = _isRehearsal ? null : CallTelemetry.Spans.StartActivity(_span, ActivityKind.Client, call.Span?.Context ?? default, _tags);
        return span is { IsAllDataRequested: true } ? span.SetTag("costmonitor.deployment", _deployment).SetTag("costmonitor.lane", call.Settings.Lane.ToString()) : span;
    }

    /// <param name="attempt">An attempt that has ended.</param>
    /// <param name="isGivenUp">Whether its caller left before the end.</param>
    /// <param name="span">Its span, if there is one: ended here.</param>
    public void End(AttemptMeter attempt, bool isGivenUp, Activity? span)
    {
        if (_isRehearsal || (span is null && !CallTelemetry.IsCounted)) return;
        var error = attempt.Failure is { } e ? TelemetryNames.OfServer(e.ErrorType) : isGivenUp ? CallTelemetry.Cancelled : null;
        // The conventions want no token count that the provider did not give.
        TokenUsage? tokens = attempt.Usage(out _) is { IsEstimated: false } reported ? reported.Tokens : null;
        if (span is not null) Describe(span, attempt, tokens, error);
        Count(attempt, tokens, error);
        span?.Dispose();
    }

    private static void Describe(Activity span, AttemptMeter attempt, TokenUsage? tokens, string? error)
    {
        if (!span.IsAllDataRequested) return;
        if (attempt.AnsweredBy is { } model) span.SetTag("gen_ai.response.model", TelemetryNames.OfServer(model));
        if (attempt.ResponseId is { } id) span.SetTag("gen_ai.response.id", TelemetryNames.OfServer(id));
        if (attempt.FinishReason is { } reason) span.SetTag("gen_ai.response.finish_reasons", new[] { TelemetryNames.OfServer(reason) });
        if (tokens is { } t) span.SetTag("gen_ai.usage.input_tokens", t.TotalInput).SetTag("gen_ai.usage.output_tokens", t.TotalOutput);
        if (attempt.Trace.RequestId is { } request) span.SetTag("costmonitor.provider.request_id", TelemetryNames.OfServer(request));
        if ((attempt.Failure?.HttpStatus ?? attempt.Trace.HttpStatus) is { } status) span.SetTag("http.response.status_code", status);
        if (error is null) return;
        span.SetTag("error.type", error);
        if (attempt.Failure is { } e) span.SetTag("costmonitor.failed_at", CallEnd.NameOf(e.Stage)).SetStatus(ActivityStatusCode.Error, CallEnd.WordsOf(e));
    }

    private void Count(AttemptMeter attempt, TokenUsage? tokens, string? error)
    {
        if (!CallTelemetry.IsCounted) return;
        var tags = new TagList(_tags);
        if (attempt.AnsweredBy is { } model) tags.Add("gen_ai.response.model", TelemetryNames.OfServer(model));
        if (error is null && attempt.Timings().FirstToken is { } first) CallTelemetry.FirstToken.Record(first.TotalSeconds, tags);
        if (tokens is { } t)
        {
            CallTelemetry.Tokens.Record(t.TotalInput, [.. tags, new("gen_ai.token.type", "input")]);
            CallTelemetry.Tokens.Record(t.TotalOutput, [.. tags, new("gen_ai.token.type", "output")]);
        }

        if (error is not null) tags.Add("error.type", error);
        CallTelemetry.AttemptDuration.Record(attempt.Took.TotalSeconds, tags);
    }
}
