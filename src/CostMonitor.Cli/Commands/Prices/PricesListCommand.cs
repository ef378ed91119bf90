using System.CommandLine;
using System.Globalization;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;
using Spectre.Console;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices list</c>: the rows of the catalog.</summary>
internal static class PricesListCommand
{
    public static Command Create()
    {
        var model = new Argument<string?>("model") { Description = "Only models whose key contains this, as in openai: or gpt-4o.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Rows of other days too, not only those of today." };
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var catalog = new CatalogOptions();
        var command = new Command("list", "Lists the prices.") { model, all, json };
        catalog.AddTo(command);
        command.SetAction(parsed =>
        {
            var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            var part = parsed.GetValue(model) ?? "";
            var rows = catalog.Read(parsed).Prices
                .Where(p => p.Model.ToString().Contains(part, StringComparison.Ordinal) && (parsed.GetValue(all) || p.HoldsOn(today))).ToArray();
            if (parsed.GetValue(json)) Data.Json(writer => PriceRowsJson.Write(writer, rows));
            else Show(rows);
            return ExitCodes.Fine;
        });
        return command;
    }

    public static void Show(IReadOnlyList<Price> rows)
    {
        Data.Table(Table(rows));
        Words.Say("USD per million tokens, unless a row names another currency or unit.");
    }

    private static Table Table(IReadOnlyList<Price> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("offer", "from", "to", "label");
        foreach (var column in new[] { "input", "cached", "cache write", "output", "other" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var row in rows)
        {
            table.AddRow([.. new[]
            {
                row.Offer.ToString(), Day(row.EffectiveFrom), row.EffectiveTo is { } end ? Day(end) : "", row.Label,
                Rate(row, TokenClass.Input), Rate(row, TokenClass.CachedInput), Rate(row, TokenClass.CacheWrite), Rate(row, TokenClass.Output),
                string.Join(", ", Others(row)),
            }.Select(Markup.Escape)]);
        }

        return table;
    }

    private static IEnumerable<string> Others(Price row)
    {
        if (row.Currency != Price.Dollar) yield return row.Currency;
        foreach (var (tokenClass, rate) in row.PerMillionTokens.Stated)
        {
            if (tokenClass is TokenClass.Input or TokenClass.CachedInput or TokenClass.CacheWrite or TokenClass.Output) continue;
            yield return $"{TokenClasses.NameOf(tokenClass)} {Figure(rate.PerMillion)}";
        }

        foreach (var tier in row.PromptTiers) yield return $"above {tier.Above}: {string.Join(" / ", tier.PerMillionTokens.Stated.Select(s => Figure(s.Value.PerMillion)))}";
        if (row.PerRequest is { } request) yield return $"{Figure(request)} a request";
        if (row.PerImage is { } image) yield return $"{Figure(image)} an image";
        if (row.PerHour is { } hour) yield return $"{Figure(hour)} an hour";
    }

    private static string Rate(Price row, TokenClass tokenClass) => row.PerMillionTokens[tokenClass] is { } rate ? Figure(rate) : "-";

    private static string Figure(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
