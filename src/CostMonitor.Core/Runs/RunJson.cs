using System.Runtime.InteropServices;
using System.Text.Json;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Runs;

/// <summary>The one JSON form of a run record: a line of a JSONL file, an answer of the API, the output of <c>costmon</c>.</summary>
/// <remarks>Times are milliseconds with four decimals (100 ns), gaps whole microseconds, money an exact decimal number. Unknown is absent.</remarks>
public static class RunJson
{
    public static void Write(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteStartObject();
        json.WriteString("id", run.Id.ToString());
        json.WriteString("attempt", run.Attempt);
        json.WriteString("plan", run.Plan);
        json.WriteString("provider", run.Model.Provider);
        json.WriteString("model", run.Model.Model);
        json.WriteString("prompt", run.PromptId);
        json.WriteString("category", run.Category);
        json.WriteNumber("repetition", run.Repetition);
        json.WriteString("phase", run.Phase == RunPhase.WarmUp ? "warm_up" : "measured");
        CallTagsJson.Write(json, run.Tags, run.Priority);
        json.WriteString("started", run.Started.UtcDateTime);
        json.WriteString("status", run.Succeeded ? "succeeded" : "failed");
        if (run.Failure is { } failure) WriteFailure(json, failure);
        WriteText(json, "invalid", run.InvalidReason);
        WriteText(json, "finishReason", run.FinishReason);
        WriteText(json, "answeredBy", run.AnsweredBy);
        WriteText(json, "providerRequestId", run.ProviderRequestId);
        if (run.BilledAs is { } offer) OfferJson.Write(json, "billedAs", offer);
        WriteTimings(json, run);
        CallPathJson.Write(json, run);
        if (run.Usage is { } usage) WriteUsage(json, usage);
        WriteCost(json, run);
        WriteCharge(json, run);
        WriteChecks(json, run);
        WriteText(json, "promptText", run.PromptText);
        WriteText(json, "completion", run.Completion);
        json.WriteEndObject();
    }

    /// <summary>Writes a record that is stored as <paramref name="stored"/> with the cost of <paramref name="run"/>; every other value keeps its bytes.</summary>
    public static void WriteWithCost(Utf8JsonWriter json, JsonElement stored, RunRecord run)
    {
        json.WriteStartObject();
        foreach (var property in stored.EnumerateObject())
        {
            if (property.NameEquals("costUsd")) WriteCost(json, run);
            if (property.Name is "costUsd" or "pricingLabel" or "unpricedReason" or "priceChanges") continue;
            json.WritePropertyName(property.Name);
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(property.Value), skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    /// <exception cref="FormatException">The element is no run record.</exception>
    public static RunRecord Read(JsonElement json)
    {
        try
        {
            var (tags, priority) = CallTagsJson.Read(json);
            return CallPathJson.Read(json, new RunRecord
            {
                Id = RunId.Parse(Text(json, "id") ?? ""),
                Attempt = json.GetProperty("attempt").GetGuid(),
                Plan = Text(json, "plan") ?? "",
                Model = new ModelKey(Text(json, "provider") ?? "", Text(json, "model") ?? ""),
                PromptId = Text(json, "prompt") ?? "",
                Category = Text(json, "category") ?? "",
                Repetition = json.GetProperty("repetition").GetInt32(),
                Phase = Text(json, "phase") == "warm_up" ? RunPhase.WarmUp : RunPhase.Measured,
                Tags = tags,
                Priority = priority,
                Started = new DateTimeOffset(json.GetProperty("started").GetDateTime(), TimeSpan.Zero),
                QueueWait = Span(json, "queueWaitMs") ?? TimeSpan.Zero,
                Failure = json.TryGetProperty("failure", out var failure) ? ReadFailure(failure) : null,
                InvalidReason = Text(json, "invalid"),
                FinishReason = Text(json, "finishReason"),
                AnsweredBy = Text(json, "answeredBy"),
                ProviderRequestId = Text(json, "providerRequestId"),
                Timings = ReadTimings(json),
                Usage = json.TryGetProperty("usage", out var usage) ? ReadUsage(usage) : null,
                BilledAs = json.TryGetProperty("billedAs", out var offer) ? OfferJson.Read(offer) : null,
                Cost = CallCostJson.Read(json),
                PriceChanges = json.TryGetProperty("priceChanges", out var changes) ? [.. changes.EnumerateArray().Select(PriceChangeJson.Read)] : [],
                Ledgers = json.TryGetProperty("ledgers", out var ledgers) ? [.. ledgers.EnumerateArray().Select(l => LedgerKey.Parse(l.GetString() ?? "").ToString())] : [],
                Worker = Text(json, "worker"),
                Checks = [.. json.GetProperty("checks").EnumerateArray().Select(ReadCheck)],
                Text = new TextFigures(
                    json.GetProperty("characters").GetInt32(), json.GetProperty("words").GetInt32(), json.GetProperty("distinctWords").GetInt32()),
                PromptText = Text(json, "promptText"),
                Completion = Text(json, "completion"),
            });
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or ArgumentException or OverflowException)
        {
            throw new FormatException($"This is no run record: {e.Message}", e);
        }
    }

    internal static void WriteFailure(Utf8JsonWriter json, RunFailure failure)
    {
        json.WriteStartObject("failure");
        json.WriteString("stage", failure.Stage.ToString().ToLowerInvariant());
        json.WriteString("type", failure.ErrorType);
        json.WriteString("message", failure.Message);
        if (failure.HttpStatus is { } status) json.WriteNumber("httpStatus", status);
        json.WriteEndObject();
    }

    internal static RunFailure ReadFailure(JsonElement json) => new(
        ReadStage(Text(json, "stage")),
        Text(json, "type") ?? "",
        Text(json, "message") ?? "",
        json.TryGetProperty("httpStatus", out var status) ? status.GetInt32() : null);

    private static FailureStage ReadStage(string? name) =>
        Enum.TryParse<FailureStage>(name, ignoreCase: true, out var stage) && Enum.IsDefined(stage)
            ? stage
            : throw new FormatException($"'{name}' is no stage of a failure.");

    private static void WriteTimings(Utf8JsonWriter json, RunRecord run)
    {
        WriteSpan(json, "latencyMs", run.Timings.EndToEnd);
        WriteSpan(json, "queueWaitMs", run.QueueWait);
        WriteSpan(json, "connectMs", run.Timings.Connect);
        WriteSpan(json, "ttftMs", run.Timings.FirstToken);
        WriteSpan(json, "ttfcMs", run.Timings.FirstContent);
        WriteSpan(json, "lastTokenMs", run.Timings.LastToken);
        json.WriteStartArray("gapsUs");
        foreach (var gap in run.Timings.GapsUs) json.WriteNumberValue(gap);
        json.WriteEndArray();
        if (run.Usage is { } usage && run.Timings.TokensPerSecond(usage.Tokens.TotalOutput) is { } speed) json.WriteNumber("tokensPerSecond", speed);
    }

    private static CallTimings ReadTimings(JsonElement json) => new()
    {
        EndToEnd = Span(json, "latencyMs") ?? throw new FormatException("'latencyMs' is missing."),
        Connect = Span(json, "connectMs"),
        FirstToken = Span(json, "ttftMs"),
        FirstContent = Span(json, "ttfcMs"),
        LastToken = Span(json, "lastTokenMs"),
        GapsUs = [.. json.GetProperty("gapsUs").EnumerateArray().Select(g => g.GetInt32())],
    };

    internal static void WriteUsage(Utf8JsonWriter json, MeasuredUsage usage)
    {
        json.WriteStartObject("usage");
        WriteTokens(json, usage.Tokens);
        json.WriteBoolean("estimated", usage.IsEstimated);
        WriteText(json, "doubt", usage.Doubt);
        json.WriteEndObject();
    }

    /// <summary>Writes the classes as properties of the object that is open; those that few calls have only when they are not 0.</summary>
    public static void WriteTokens(Utf8JsonWriter json, TokenUsage tokens)
    {
        foreach (var tokenClass in TokenClasses.All)
        {
            if (tokens[tokenClass] > 0 || !IsRare(tokenClass)) json.WriteNumber(TokenClasses.NameOf(tokenClass), tokens[tokenClass]);
        }
    }

    private static bool IsRare(TokenClass tokenClass) => tokenClass is TokenClass.CacheWriteOneHour or TokenClass.CachedAudioInput
        or TokenClass.ImageInput or TokenClass.CachedImageInput or TokenClass.ImageOutput;

    internal static MeasuredUsage ReadUsage(JsonElement json) => new(
        TokenClasses.Read(json),
        json.GetProperty("estimated").GetBoolean(),
        Text(json, "doubt"));

    private static void WriteCost(Utf8JsonWriter json, RunRecord run)
    {
        CallCostJson.Write(json, run.Cost);
        if (run.PriceChanges.Count == 0) return;
        json.WriteStartArray("priceChanges");
        foreach (var change in run.PriceChanges) PriceChangeJson.Write(json, change);
        json.WriteEndArray();
    }

    private static void WriteCharge(Utf8JsonWriter json, RunRecord run)
    {
        if (run.Ledgers.Count > 0)
        {
            json.WriteStartArray("ledgers");
            foreach (var ledger in run.Ledgers) json.WriteStringValue(ledger);
            json.WriteEndArray();
        }

        WriteText(json, "worker", run.Worker);
    }

    private static void WriteChecks(Utf8JsonWriter json, RunRecord run)
    {
        json.WriteStartArray("checks");
        foreach (var check in run.Checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteBoolean("passed", check.Passed);
            if (!check.Gates) json.WriteBoolean("gates", false);
            WriteText(json, "detail", check.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (run.Succeeded && CheckScore.Of(run.Checks) is { } score) json.WriteNumber("checkScore", score);
        if (run.IsCompliant is { } compliant) json.WriteBoolean("compliant", compliant);
        json.WriteNumber("characters", run.Text.Characters);
        json.WriteNumber("words", run.Text.Words);
        json.WriteNumber("distinctWords", run.Text.DistinctWords);
        if (run.Text.DiversityProxy is { } diversity) json.WriteNumber("diversityProxy", diversity);
    }

    private static CheckResult ReadCheck(JsonElement json) => new(
        Text(json, "name") ?? "",
        json.GetProperty("passed").GetBoolean(),
        !json.TryGetProperty("gates", out var gates) || gates.GetBoolean(),
        Text(json, "detail"));

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static void WriteSpan(Utf8JsonWriter json, string name, TimeSpan? span)
    {
        if (span is { } value) json.WriteNumber(name, value.Ticks / (decimal)TimeSpan.TicksPerMillisecond);
    }

    private static TimeSpan? Span(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? TimeSpan.FromTicks((long)(value.GetDecimal() * TimeSpan.TicksPerMillisecond)) : null;
}
