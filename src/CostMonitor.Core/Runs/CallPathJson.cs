using System.Text.Json;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Runs;

/// <summary>How a run's call came to its end, as properties of the record that is open. What did not happen is left out.</summary>
internal static class CallPathJson
{
    public static void Write(Utf8JsonWriter json, RunRecord run)
    {
        if (run.LimiterWait > TimeSpan.Zero) WriteSpan(json, "limiterWaitMs", run.LimiterWait);
        if (run.RetryWait > TimeSpan.Zero) WriteSpan(json, "retryWaitMs", run.RetryWait);
        if (run.EarlierAttempts.Count > 0)
        {
            json.WriteStartArray("earlierAttempts");
            foreach (var attempt in run.EarlierAttempts) WriteAttempt(json, attempt);
            json.WriteEndArray();
        }

        if (run.Route is { } route) WriteRoute(json, route);
        if (run.UsesCache) json.WriteBoolean("usesCache", true);
        if (run.Cache is { } hit) WriteCache(json, hit, run.Saved);
    }

    /// <summary>Takes from a stored record what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">A part is not of its form.</exception>
    public static RunRecord Read(JsonElement json, RunRecord run) => run with
    {
        LimiterWait = Span(json, "limiterWaitMs"),
        RetryWait = Span(json, "retryWaitMs"),
        EarlierAttempts = json.TryGetProperty("earlierAttempts", out var attempts) ? [.. attempts.EnumerateArray().Select(ReadAttempt)] : [],
        Route = json.TryGetProperty("route", out var route) ? ReadRoute(route) : null,
        UsesCache = json.TryGetProperty("usesCache", out var uses) && uses.GetBoolean(),
        Cache = json.TryGetProperty("cache", out var hit) ? ReadCache(hit) : null,
        Saved = json.TryGetProperty("cache", out var cache) && cache.TryGetProperty("savedUsd", out var saved) ? new Usd(saved.GetDecimal()) : null,
    };

    private static void WriteAttempt(Utf8JsonWriter json, CallAttempt attempt)
    {
        json.WriteStartObject();
        json.WriteString("model", attempt.Model.ToString());
        WriteSpan(json, "atMs", attempt.At);
        WriteSpan(json, "waitMs", attempt.Wait);
        WriteSpan(json, "tookMs", attempt.Took);
        if (attempt.HttpStatus is { } status) json.WriteNumber("httpStatus", status);
        if (attempt.Failure is { } failure) RunJson.WriteFailure(json, failure);
        if (attempt.Usage is { } usage) RunJson.WriteUsage(json, usage);
        if (attempt.BilledAs is { } offer) OfferJson.Write(json, "billedAs", offer);
        if (attempt.Cost is { } cost) CallCostJson.Write(json, cost);
        if (attempt.ProviderRequestId is { } id) json.WriteString("providerRequestId", id);
        json.WriteEndObject();
    }

    private static CallAttempt ReadAttempt(JsonElement json) => new()
    {
        Model = ModelKey.Parse(json.GetProperty("model").GetString() ?? ""),
        At = Span(json, "atMs"),
        Wait = Span(json, "waitMs"),
        Took = Span(json, "tookMs"),
        HttpStatus = json.TryGetProperty("httpStatus", out var status) ? status.GetInt32() : null,
        Failure = json.TryGetProperty("failure", out var failure) ? RunJson.ReadFailure(failure) : null,
        Usage = json.TryGetProperty("usage", out var usage) ? RunJson.ReadUsage(usage) : null,
        BilledAs = json.TryGetProperty("billedAs", out var offer) ? OfferJson.Read(offer) : null,
        Cost = json.TryGetProperty("costUsd", out _) ? CallCostJson.Read(json) : null,
        ProviderRequestId = json.TryGetProperty("providerRequestId", out var id) ? id.GetString() : null,
    };

    private static void WriteRoute(Utf8JsonWriter json, CallRoute route)
    {
        json.WriteStartObject("route");
        json.WriteString("target", route.Target.ToString());
        json.WriteString("reason", route.Reason);
        json.WriteNumber("failovers", route.Failovers);
        json.WriteEndObject();
    }

    private static CallRoute ReadRoute(JsonElement json) => new(
        ModelKey.Parse(json.GetProperty("target").GetString() ?? ""), json.GetProperty("reason").GetString() ?? "", json.GetProperty("failovers").GetInt32());

    private static void WriteCache(Utf8JsonWriter json, CacheHit hit, Usd? saved)
    {
        json.WriteStartObject("cache");
        json.WriteString("source", EnumNames.Of(hit.Source));
        WriteSpan(json, "ageMs", hit.Age);
        if (hit.IsStale) json.WriteBoolean("stale", true);
        json.WriteStartObject("tokens");
        RunJson.WriteTokens(json, hit.Tokens);
        json.WriteEndObject();
        if (saved is { } usd) json.WriteNumber("savedUsd", usd.Amount);
        json.WriteEndObject();
    }

    private static CacheHit ReadCache(JsonElement json) => new(
        EnumNames.TryParse(json.GetProperty("source").GetString() ?? "", out CacheSource source) ? source : throw new FormatException("'cache.source' is no source."),
        Span(json, "ageMs"),
        Usage.TokenClasses.Read(json.GetProperty("tokens")))
    {
        IsStale = json.TryGetProperty("stale", out var stale) && stale.GetBoolean(),
    };

    private static void WriteSpan(Utf8JsonWriter json, string name, TimeSpan span) => json.WriteNumber(name, span.Ticks / (decimal)TimeSpan.TicksPerMillisecond);

    private static TimeSpan Span(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? TimeSpan.FromTicks((long)(value.GetDecimal() * TimeSpan.TicksPerMillisecond)) : TimeSpan.Zero;
}
