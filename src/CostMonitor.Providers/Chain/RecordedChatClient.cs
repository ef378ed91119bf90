using System.Diagnostics;
using System.Runtime.CompilerServices;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace CostMonitor.Providers.Chain;

/// <summary>The outermost link: of every logical call one log line, one span, and what all its attempts took together.</summary>
/// <remarks>Costs nothing for a call that nobody would see anything of. Below another such link it leaves the call to that one.</remarks>
public sealed class RecordedChatClient : ChainLink
{
    private readonly string _model, _span;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly TimeProvider _time;
    private readonly ILogger? _logger;

    /// <param name="model">What callers ask for: a deployment or a route.</param>
    /// <param name="inner">The chain.</param>
    /// <param name="time">The clock of all times.</param>
    /// <param name="logger">Takes the line of each call; null for none.</param>
    public RecordedChatClient(ModelKey model, IChatClient inner, TimeProvider time, ILogger? logger = null)
        : base(inner)
    {
        (_model, _time, _logger) = (model.ToString(), time, logger);
        _span = $"call {_model}";
        _tags = [new("gen_ai.provider.name", TelemetryNames.OfProvider(model.Provider)), new("gen_ai.request.model", model.Model)];
    }

    private bool IsLogged => _logger is { } logger && (logger.IsEnabled(LogLevel.Warning) || logger.IsEnabled(LogLevel.Information));

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (!CallTelemetry.IsHeard && !IsLogged) return InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken);
        var call = ModelCall.Ensure(ref options, _time);
        return call.TryRecord()
            ? RecordAsync(call, call.Keep(messages), options, cancellationToken)
            : InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> RecordAsync(
        ModelCall call, IReadOnlyList<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var span = call.Span = CallTelemetry.Spans.StartActivity(_span, ActivityKind.Internal, default(ActivityContext), _tags);
        Exception? thrown = null;
        var isComplete = false;
        try
        {
            await using var updates = InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(CancellationToken.None);
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync()) break;
                }
                catch (Exception e) when (IsNever(thrown = e)) // seen on its way, never caught
                {
                }

                yield return updates.Current;
            }

            isComplete = true;
        }
        finally
        {
            Record(call, CallEnd.Of(call, thrown, isGivenUp: cancellationToken.IsCancellationRequested ? !isComplete : !isComplete && thrown is null));
        }
    }

    private static bool IsNever(Exception _) => false;

    private void Record(ModelCall call, CallEnd end)
    {
        Count(call, end);
        if (call.Span is { IsAllDataRequested: true } span) Describe(span, call, end);
        var level = CallLine.LevelOf(end);
        if (_logger is null || !_logger.IsEnabled(level)) return;
        // A caller who gives no name still needs one by which the line is found.
        var id = call.Settings.Id is { Length: > 0 } name ? name : (call.Span?.SpanId ?? ActivitySpanId.CreateRandom()).ToHexString();
        _logger.Log(level, CallLine.EventOf(end), CallLine.Of(id, _model, call, end), null, static (line, _) => line.ToString());
    }

    private void Count(ModelCall call, CallEnd end)
    {
        if (!CallTelemetry.CallDuration.Enabled && !CallTelemetry.CallAttempts.Enabled && !CallTelemetry.CallWait.Enabled) return;
        var tags = new TagList(_tags) { { "costmonitor.lane", call.Settings.Lane.ToString() } };
        if (call.LimiterWait > TimeSpan.Zero) CallTelemetry.CallWait.Record(call.LimiterWait.TotalSeconds, [.. tags, new("costmonitor.wait.kind", "limiter")]);
        if (call.RetryWait > TimeSpan.Zero) CallTelemetry.CallWait.Record(call.RetryWait.TotalSeconds, [.. tags, new("costmonitor.wait.kind", "retry")]);
        tags.Add("costmonitor.outcome", CallEnd.NameOf(end.Outcome));
        if (end.ErrorType is { } error) tags.Add("error.type", error);
        CallTelemetry.CallDuration.Record(call.Elapsed.TotalSeconds, tags);
        CallTelemetry.CallAttempts.Record(call.Attempts.Count, tags);
    }

    private static void Describe(Activity span, ModelCall call, CallEnd end)
    {
        if (call.Settings.Id.Length > 0) span.SetTag("costmonitor.call.id", call.Settings.Id);
        span.SetTag("costmonitor.lane", call.Settings.Lane.ToString());
        foreach (var dimension in CallTelemetry.ShownTags)
        {
            if (call.Settings.Tags[dimension] is { } value) span.SetTag($"costmonitor.{EnumNames.Of(dimension)}", value);
        }

        span.SetTag("costmonitor.outcome", CallEnd.NameOf(end.Outcome));
        span.SetTag("costmonitor.attempts", call.Attempts.Count);
        if (call.LimiterWait > TimeSpan.Zero) span.SetTag("costmonitor.wait.limiter", call.LimiterWait.TotalSeconds);
        if (call.RetryWait > TimeSpan.Zero) span.SetTag("costmonitor.wait.retry", call.RetryWait.TotalSeconds);
        if (call.Route is { } route) span.SetTag("costmonitor.deployment", route.Target.ToString()).SetTag("costmonitor.route.reason", route.Reason);
        if (call.Cache is { } hit) span.SetTag("costmonitor.cache.source", hit.Source.ToString()).SetTag("costmonitor.cache.stale", hit.IsStale);
        if (!end.IsError) return;
        span.SetTag("error.type", end.ErrorType).SetTag("costmonitor.failed_at", end.FailedAt);
        if (end.FailedChecks is { } checks) span.SetTag("costmonitor.failed_checks", checks);
        span.SetStatus(ActivityStatusCode.Error, end.Message);
    }
}
