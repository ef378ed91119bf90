using System.Globalization;
using CostMonitor.Core.Statistics;
using Spectre.Console;

namespace CostMonitor.Cli.Output;

/// <summary>A summary for people: speed, cost and robustness side by side, each with its n.</summary>
internal static class SummaryTable
{
    public static void Write(Summary summary, bool asJson)
    {
        if (asJson) Data.Json(json => SummaryJson.Write(json, summary));
        else Data.Table(Of(summary));
        foreach (var row in summary.Rows)
        {
            foreach (var remark in row.Remarks) Words.Say($"{row.Key}: {remark}");
        }
    }

    private static Table Of(Summary summary)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumn(summary.By.ToString());
        string[] columns = ["runs", "failed", "p50 ms", "95 % of p50", "p95 ms", "p99 ms", "TTFT p50", "ITL p50", "tok/s", "cost", "$/run p50", "compliant", "checks"];
        foreach (var column in columns) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var row in summary.Rows) AddRow(table, row);
        if (summary.Rows.Count > 1) AddRow(table.AddEmptyRow(), summary.Total);
        return table;
    }

    private static void AddRow(Table table, SummaryRow row) => table.AddRow(
        Markup.Escape(row.Key),
        Text($"{row.Runs}"),
        Text($"{row.Failed}"),
        Milliseconds(row.LatencyMs?.Median),
        row.LatencyMs?.MedianInterval is { } ends ? Text($"{ends.Low:0}-{ends.High:0}") : "-",
        Milliseconds(row.LatencyMs?.P95),
        Milliseconds(row.LatencyMs?.P99),
        Milliseconds(row.TtftMs?.Median),
        row.ItlMs is { } itl ? Text($"{itl.Median:0.0}") : "-",
        row.TokensPerSecond is { } speed ? Text($"{speed.Median:0.0}") : "-",
        row.Unpriced > 0 ? $"at least {row.Cost}, {row.Unpriced} unpriced" : row.Cost.ToString(),
        row.CostPerRunUsd is { } cost ? new Core.Pricing.Usd((decimal)cost.Median).ToString() : "-",
        row.ComplianceRate is { } rate ? Text($"{100 * rate:0} %") : "-",
        row.CheckScore is { } score ? Text($"{score:0.00}") : "-");

    private static string Milliseconds(double? value) => value is { } ms ? Text($"{ms:0}") : "-";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
