using System.Text.Json;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Statistics;

/// <summary>The one JSON form of a summary, for the API and for <c>costmon --json</c>.</summary>
public static class SummaryJson
{
    public static void Write(Utf8JsonWriter json, Summary summary)
    {
        json.WriteStartObject();
        json.WriteString("by", summary.By.ToString().ToLowerInvariant());
        json.WriteString("percentiles", "raw samples, Hyndman-Fan 7");
        json.WriteStartArray("rows");
        foreach (var row in summary.Rows) WriteRow(json, row);
        json.WriteEndArray();
        json.WritePropertyName("total");
        WriteRow(json, summary.Total);
        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, SummaryRow row)
    {
        json.WriteStartObject();
        json.WriteString("key", row.Key);
        json.WriteNumber("runs", row.Runs);
        json.WriteNumber("succeeded", row.Succeeded);
        json.WriteNumber("failed", row.Failed);
        json.WriteNumber("invalid", row.Invalid);
        json.WriteNumber("warmUps", row.WarmUps);
        json.WriteNumber("cached", row.Cached);
        json.WriteNumber("retried", row.Retried);
        json.WriteStartObject("failedAt");
        foreach (var (stage, n) in row.FailedAt) json.WriteNumber(stage.ToString().ToLowerInvariant(), n);
        json.WriteEndObject();
        WriteSample(json, "latencyMs", row.LatencyMs);
        WriteSample(json, "ttftMs", row.TtftMs);
        WriteSample(json, "ttfcMs", row.TtfcMs);
        WriteSample(json, "itlMs", row.ItlMs);
        WriteSample(json, "tokensPerSecond", row.TokensPerSecond);
        WriteNumber(json, "requestsPerSecond", row.RequestsPerSecond);
        json.WriteStartObject("tokens");
        RunJson.WriteTokens(json, row.Tokens);
        json.WriteEndObject();
        json.WriteNumber("estimatedUsage", row.EstimatedUsage);
        json.WriteNumber("costUsd", row.Cost.Amount);
        json.WriteBoolean("costIsLeast", row.Unpriced + row.UnknownAttempts > 0);
        json.WriteNumber("unpriced", row.Unpriced);
        json.WriteNumber("unknownAttempts", row.UnknownAttempts);
        json.WriteNumber("savedUsd", row.Saved.Amount);
        WriteSample(json, "costPerRunUsd", row.CostPerRunUsd);
        if (row.CostPerCompliant is { } useful) json.WriteNumber("costPerCompliantUsd", useful.Amount);
        else json.WriteNull("costPerCompliantUsd");
        WriteNumber(json, "tokensPerCompliant", row.TokensPerCompliant);
        WriteNumber(json, "complianceRate", row.ComplianceRate);
        WriteInterval(json, "complianceInterval95", row.ComplianceInterval);
        WriteNumber(json, "checkScore", row.CheckScore);
        WriteSample(json, "diversityProxy", row.DiversityProxy);
        json.WriteStartArray("remarks");
        foreach (var remark in row.Remarks) json.WriteStringValue(remark);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSample(Utf8JsonWriter json, string name, SampleSummary? sample)
    {
        if (sample is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("n", sample.N);
        json.WriteNumber("median", sample.Median);
        json.WriteNumber("p95", sample.P95);
        json.WriteNumber("p99", sample.P99);
        json.WriteNumber("mean", sample.Mean);
        json.WriteNumber("min", sample.Min);
        json.WriteNumber("max", sample.Max);
        WriteInterval(json, "medianInterval95", sample.MedianInterval);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void WriteInterval(Utf8JsonWriter json, string name, Interval? interval)
    {
        if (interval is not { } ends) return;
        json.WriteStartArray(name);
        json.WriteNumberValue(ends.Low);
        json.WriteNumberValue(ends.High);
        json.WriteEndArray();
    }
}
