using System.Globalization;
using System.Text.Json;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Pricing.Repricing;
using Spectre.Console;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>What a change of costs did or would do, as JSON and for people.</summary>
internal static class RepricingOutput
{
    public static void Write(Utf8JsonWriter json, PriceChangeHead? head, RepricingReport report)
    {
        json.WriteStartObject();
        json.WriteBoolean("preview", head is null);
        if (head is not null)
        {
            json.WritePropertyName("change");
            PriceChangeHeadJson.Write(json, head);
        }

        report.WriteProperties(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<PriceChangeHead> heads)
    {
        json.WriteStartArray();
        foreach (var head in heads) PriceChangeHeadJson.Write(json, head);
        json.WriteEndArray();
    }

    public static void Show(PriceChangeHead? head, RepricingReport report)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumn("model");
        foreach (var column in new[] { "runs", "changed", "before", "after" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var (model, row) in report.Models) Add(table, model.ToString(), row);
        Add(table, "all", report.Total);
        Data.Table(table);
        foreach (var (reason, runs) in report.UnpricedReasons) Words.Say(Line(runs, "still unpriced", reason));
        foreach (var (reason, runs) in report.KeptReasons) Words.Say(Line(runs, "kept their cost", reason));
        if (report.ChangedSince > 0) Words.Say(Line(report.ChangedSince, "left as they are", "A later change lies over this one; revert that first."));
        if (report.UnderWay > 0) Words.Say(Line(report.UnderWay, "left as they are", "Their batch is still being run; do this again when it is done."));
        Words.Say(head is null ? "This is a preview: nothing is stored. --apply stores it." : $"Change {head.Id}: {head.Request}.");
    }

    private static void Add(Table table, string name, RepricingRow row) => table.AddRow(
        Markup.Escape(name), row.Runs.ToString(CultureInfo.InvariantCulture), row.Changed.ToString(CultureInfo.InvariantCulture), row.Before.ToString(), row.After.ToString());

    private static string Line(long runs, string what, string why) => string.Create(CultureInfo.InvariantCulture, $"{runs} {what}: {why}");
}
