using System.Collections;
using System.Globalization;
using System.Text;
using CostMonitor.Core.Input;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.Logging;

namespace CostMonitor.Providers.Chain;

/// <summary>The one line that the log holds of a logical call: named values for structured logs, <c>name=value</c> as text. What is not known is not in it.</summary>
/// <remarks>A state of its own in place of a message template: four events share some twenty values of which a call has half, and the Functions host keeps the text alone.</remarks>
internal sealed class CallLine : IReadOnlyList<KeyValuePair<string, object?>>
{
    private static readonly EventId Succeeded = new(701, "CallSucceeded"), Failed = new(702, "CallFailed"), Refused = new(703, "CallRefused"), Abandoned = new(704, "CallAbandoned");

    private readonly List<KeyValuePair<string, object?>> _values = new(24);

    private CallLine()
    {
    }

    public int Count => _values.Count;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    public static LogLevel LevelOf(CallEnd end) => end.IsError ? LogLevel.Warning : LogLevel.Information;

    public static EventId EventOf(CallEnd end) => end.Outcome switch
    {
        CallOutcome.Failed or CallOutcome.Invalid => Failed,
        CallOutcome.Refused => Refused,
        CallOutcome.Abandoned => Abandoned,
        _ => Succeeded,
    };

    /// <param name="id">The caller's name for the call, or one that stands in for it.</param>
    /// <param name="model">What was asked for: a deployment or a route.</param>
    /// <param name="call">A call that has ended.</param>
    /// <param name="end">How.</param>
    public static CallLine Of(string id, string model, ModelCall call, CallEnd end)
    {
        var line = new CallLine();
        line.Add("call", id);
        line.Add("model", model);
        line.Add("outcome", CallEnd.NameOf(end.Outcome));
        line.Add("failedAt", end.FailedAt);
        line.Add("errorType", end.ErrorType);
        line.AddAnswer(call, end);
        line.Add("elapsedMs", call.Elapsed);
        if (call.LimiterWait > TimeSpan.Zero) line.Add("limiterWaitMs", call.LimiterWait);
        if (call.RetryWait > TimeSpan.Zero) line.Add("retryWaitMs", call.RetryWait);
        line.Add("lane", call.Settings.Lane.ToString());
        foreach (var dimension in CallTelemetry.ShownTags) line.Add(EnumNames.Of(dimension), call.Settings.Tags[dimension]);
        line.Add("route", call.Route?.Reason);
        line.AddCache(call);
        line.Add("failedChecks", end.FailedChecks);
        line.Add("message", end.Message);
        if (end.IsError || call.Attempts.Count > 1 || call.Attempt?.Failure is not null) line.AddTries(call.Attempts);
        line.Add("traceId", call.Span?.TraceId.ToHexString());
        return line;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString()
    {
        var text = new StringBuilder(256);
        foreach (var (name, value) in _values)
        {
            if (text.Length > 0) text.Append(' ');
            text.Append(name).Append('=').Append(value is string words ? Quoted(words) : Convert.ToString(value, CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    private void AddAnswer(ModelCall call, CallEnd end)
    {
        Add("attempts", call.Attempts.Count);
        if (call.Attempt is not { } last || call.Cache is not null)
        {
            Add("httpStatus", end.HttpStatus);
            return;
        }

        var isAnswered = last.Failure is null && end.Outcome != CallOutcome.Abandoned;
        Add(isAnswered ? "deployment" : "lastDeployment", last.Deployment.Model.ToString());
        Add("httpStatus", end.HttpStatus ?? last.Trace.HttpStatus);
        Add("requestId", TelemetryNames.OfServer(last.ProviderRequestId));
        Add("latencyMs", last.Took);
        if (last.Timings().FirstToken is { } first) Add("firstTokenMs", first);
        if (last.Usage(out _) is not { } usage) return;
        Add("inputTokens", usage.Tokens.TotalInput);
        Add("outputTokens", usage.Tokens.TotalOutput);
        if (usage.IsEstimated) Add("tokensEstimated", true);
    }

    private void AddCache(ModelCall call)
    {
        if (call.Cache is not { } hit) return;
        Add("cache", hit.Source.ToString());
        Add("cacheAgeMs", hit.Age);
        if (hit.IsStale) Add("cacheStale", true);
    }

    private void AddTries(IReadOnlyList<AttemptMeter> attempts)
    {
        if (attempts.Count == 0) return;
        var text = new StringBuilder();
        for (var i = 0; i < attempts.Count; i++)
        {
            var (attempt, failure) = (attempts[i], attempts[i].Failure);
            if (i > 0) text.Append("; ");
            text.Append(CultureInfo.InvariantCulture, $"{i + 1} {attempt.Deployment.Model}");
            if ((failure?.HttpStatus ?? attempt.Trace.HttpStatus) is { } status) text.Append(CultureInfo.InvariantCulture, $" {status}");
            text.Append(CultureInfo.InvariantCulture, $" {WordFor(failure)} {attempt.Took.TotalMilliseconds:0} ms");
        }

        Add("tries", text.ToString());
    }

    private static string WordFor(ModelCallException? failure) => failure is null ? "no failure" : TelemetryNames.OfServer(failure.ErrorType) ?? "";

    private void Add(string name, object? value)
    {
        if (value is not null) _values.Add(new(name, value));
    }

    private void Add(string name, TimeSpan time) => Add(name, (object)Math.Round(time.TotalMilliseconds, 1));

    // One line whatever a caller's id or a server's word holds.
    private static string Quoted(string words)
    {
        if (words.Length > 0 && !words.AsSpan().ContainsAny(" \"=") && !words.Any(char.IsControl)) return words;
        return $"\"{string.Create(words.Length, words, static (line, text) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(text[i]) ? ' ' : text[i] == '"' ? '\'' : text[i];
        })}\"";
    }
}
