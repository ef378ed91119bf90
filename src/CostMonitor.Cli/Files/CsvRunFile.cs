using System.Globalization;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Input;
using CostMonitor.Core.Runs;

namespace CostMonitor.Cli.Files;

/// <summary>Writes runs as CSV for spreadsheets, one row a run in the order of their ids.</summary>
internal static class CsvRunFile
{
    private static readonly string[] Columns =
    [
        "request_id", "ts", "provider", "model", "prompt", "category", "repetition", "phase", "status", "failed_at", "error_type",
        "latency_ms", "ttft_ms", "ttfc_ms", "queue_wait_ms", "tokens_in", "tokens_out", "usage_estimated", "cost_usd", "pricing_label",
        "compliant", "check_score", "diversity_proxy", "attempts", "limiter_wait_ms", "retry_wait_ms", "route", "cached", "saved_usd",
        "team", "app", "feature", "user", "experiment", "priority",
    ];

    public static void Write(string path, IEnumerable<RunRecord> runs)
    {
        using var file = new StreamWriter(path) { NewLine = "\n" };
        file.WriteLine(string.Join(',', Columns));
        foreach (var run in runs.OrderBy(r => r.Id)) file.WriteLine(string.Join(',', Fields(run).Select(Quoted)));
    }

    private static IEnumerable<string> Fields(RunRecord run) =>
    [
        run.Id.ToString(),
        run.Started.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        run.Model.Provider,
        run.Model.Model,
        run.PromptId,
        run.Category,
        run.Repetition.ToString(CultureInfo.InvariantCulture),
        run.Phase == RunPhase.WarmUp ? "warm_up" : "measured",
        run.Succeeded ? "succeeded" : "failed",
        run.Failure?.Stage.ToString().ToLowerInvariant() ?? "",
        run.Failure?.ErrorType ?? "",
        Milliseconds(run.Timings.EndToEnd),
        Milliseconds(run.Timings.FirstToken),
        Milliseconds(run.Timings.FirstContent),
        Milliseconds(run.QueueWait),
        run.Usage?.Tokens.TotalInput.ToString(CultureInfo.InvariantCulture) ?? "",
        run.Usage?.Tokens.TotalOutput.ToString(CultureInfo.InvariantCulture) ?? "",
        run.Usage is { } usage ? usage.IsEstimated ? "true" : "false" : "",
        run.Cost.Amount?.ToExactString() ?? "",
        run.Cost.Label ?? "",
        run.IsCompliant switch { true => "true", false => "false", null => "" },
        run.Succeeded && CheckScore.Of(run.Checks) is { } score ? score.ToString(CultureInfo.InvariantCulture) : "",
        run.Text.DiversityProxy?.ToString(CultureInfo.InvariantCulture) ?? "",
        run.Attempts.ToString(CultureInfo.InvariantCulture),
        Milliseconds(run.LimiterWait),
        Milliseconds(run.RetryWait),
        run.Route?.Target.ToString() ?? "",
        run.Cache is null ? "false" : "true",
        run.Saved?.ToExactString() ?? "",
        .. Enum.GetValues<TagDimension>().Select(d => run.Tags[d] ?? ""),
        EnumNames.Of(run.Priority),
    ];

    private static string Milliseconds(TimeSpan? span) =>
        span is { } value ? (value.Ticks / (decimal)TimeSpan.TicksPerMillisecond).ToString(CultureInfo.InvariantCulture) : "";

    /// <summary>Quotes where RFC 4180 asks for it, and keeps a spreadsheet from taking a text for a formula.</summary>
    private static string Quoted(string field)
    {
        if (IsFormula(field)) field = "'" + field;
        return field.AsSpan().IndexOfAny(",\"\n\r") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>What a spreadsheet may run: https://owasp.org/www-community/attacks/CSV_Injection. A number with a sign is left a number.</summary>
    private static bool IsFormula(string field) => field.Length > 0 && field[0] switch
    {
        '=' or '@' or '\t' or '\r' or '\n' => true,
        '+' or '-' => !decimal.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        _ => false,
    };
}
