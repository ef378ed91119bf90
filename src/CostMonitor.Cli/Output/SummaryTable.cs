using System.Globalization;
using System.Text.Json;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Statistics;
using Spectre.Console;

namespace CostMonitor.Cli.Output;

/// <summary>A summary for people: speed, cost and robustness side by side. It is made from the JSON that the API gives too.</summary>
internal static class SummaryTable
{
    private static readonly string[] Columns =
        ["runs", "failed", "p50 ms", "95 % CI", "p95 ms", "p99 ms", "TTFT p50", "ITL p50", "tok/s p50", "cost", "$/run p50", "compliant", "checks"];

    public static void Write(Summary summary, bool asJson)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) SummaryJson.Write(json, summary);
        Write(JsonElement.Parse(bytes.ToArray()), asJson);
    }

    public static void Write(JsonElement summary, bool asJson)
    {
        if (asJson) Data.Json(summary.WriteTo);
        else Data.Table(Of(summary));
        foreach (var row in summary.GetProperty("rows").EnumerateArray())
        {
            foreach (var remark in row.GetProperty("remarks").EnumerateArray()) Words.Say($"{row.GetProperty("key")}: {remark}");
        }
    }

    private static Table Of(JsonElement summary)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumn(summary.GetProperty("by").GetString() ?? "");
        foreach (var column in Columns) table.AddColumn(new TableColumn(column).RightAligned());
        var rows = summary.GetProperty("rows").EnumerateArray().ToArray();
        foreach (var row in rows) AddRow(table, row);
        if (rows.Length > 1) AddRow(table.AddEmptyRow(), summary.GetProperty("total"));
        return table;
    }

    private static void AddRow(Table table, JsonElement row) => table.AddRow(
        Markup.Escape(row.GetProperty("key").GetString() ?? ""),
        row.GetProperty("runs").ToString(),
        row.GetProperty("failed").ToString(),
        Figure(row, "latencyMs", "median", "0"),
        Ends(row.GetProperty("latencyMs")),
        Figure(row, "latencyMs", "p95", "0"),
        Figure(row, "latencyMs", "p99", "0"),
        Figure(row, "ttftMs", "median", "0"),
        Figure(row, "itlMs", "median", "0.0"),
        Figure(row, "tokensPerSecond", "median", "0.0"),
        Cost(row),
        row.GetProperty("costPerRunUsd") is { ValueKind: JsonValueKind.Object } cost ? new Usd(cost.GetProperty("median").GetDecimal()).ToString() : "-",
        row.GetProperty("complianceRate") is { ValueKind: JsonValueKind.Number } rate ? Text(100 * rate.GetDouble(), "0") + " %" : "-",
        row.GetProperty("checkScore") is { ValueKind: JsonValueKind.Number } score ? Text(score.GetDouble(), "0.00") : "-");

    private static string Cost(JsonElement row)
    {
        var known = new Usd(row.GetProperty("costUsd").GetDecimal());
        return row.GetProperty("costIsLeast").GetBoolean() ? $"at least {known}, {row.GetProperty("unpriced")} unpriced" : known.ToString();
    }

    private static string Figure(JsonElement row, string sample, string figure, string format) =>
        row.GetProperty(sample) is { ValueKind: JsonValueKind.Object } values ? Text(values.GetProperty(figure).GetDouble(), format) : "-";

    private static string Ends(JsonElement sample) =>
        sample.ValueKind == JsonValueKind.Object && sample.TryGetProperty("medianInterval95", out var ends)
            ? $"{Text(ends[0].GetDouble(), "0")}-{Text(ends[1].GetDouble(), "0")}"
            : "-";

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
