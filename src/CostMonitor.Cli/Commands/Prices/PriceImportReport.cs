using System.Globalization;
using System.Text.Json;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Import;
using Spectre.Console;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>What an import finds and does, for people and as JSON.</summary>
/// <param name="imported">The source.</param>
/// <param name="changes">Its comparison with the catalog.</param>
/// <param name="confirmed">What was confirmed.</param>
/// <param name="written">The providers whose files were written; null for a preview.</param>
internal sealed class PriceImportReport(ImportedPrices imported, CatalogChanges changes, Confirmations confirmed, IReadOnlyList<string>? written)
{
    private IEnumerable<CatalogChange> Shown => changes.All.Where(c => c.Kind != CatalogChangeKind.Unchanged);

    private IEnumerable<IGrouping<string, ImportNote>> Reasons =>
        imported.Skipped.GroupBy(n => n.Reason).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal);

    public void Show(bool verbose)
    {
        Data.Table(Counts());
        if (Shown.Any()) Data.Table(Changes());
        foreach (var change in confirmed.Open)
        {
            foreach (var reason in change.Quarantine) Words.Say($"quarantined: {change.Offer}: {reason}");
        }

        SayNames(verbose);
        if (imported.Skipped.Count > 0) Data.Table(Skipped(verbose));
        if (written is null) Words.Say("This is a preview; nothing was written. --apply writes it.");
        else Words.Say(written.Count == 0 ? "Nothing had to be written." : $"Written: {string.Join(", ", written)}.");
        if (confirmed.Open.Count > 0) Words.Say($"{confirmed.Open.Count} quarantined changes were not confirmed; --confirm OFFER or --confirm-all applies them.");
    }

    private void SayNames(bool verbose)
    {
        var refused = changes.Names.Where(n => n.Refused is not null).ToArray();
        if (refused.Length > 0 && !verbose) Words.Say($"{refused.Length} other names were not taken over; --verbose lists them.");
        else foreach (var name in refused) Words.Say($"name not taken over: {name.Name} for {name.Model}: {name.Refused}");
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("counts");
        foreach (var (name, count) in CountsByName()) json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(name), count);
        json.WriteEndObject();
        WriteArray(json, "changes", Shown, WriteChange);
        WriteArray(json, "names", changes.Names, WriteName);
        json.WriteStartObject("skippedByReason");
        foreach (var reason in Reasons) json.WriteNumber(reason.Key, reason.Count());
        json.WriteEndObject();
        WriteArray(json, "skipped", imported.Skipped, WriteNote);
        if (written is null) json.WriteNull("written");
        else WriteArray(json, "written", written, (j, provider) => j.WriteStringValue(provider));
        json.WriteEndObject();
    }

    private IEnumerable<(string Name, int Count)> CountsByName()
    {
        yield return ("Models", imported.Models.Count);
        foreach (var kind in Enum.GetValues<CatalogChangeKind>()) yield return (kind.ToString(), changes.Of(kind).Count());
        yield return ("Quarantined", changes.All.Count(c => c.IsQuarantined));
        yield return ("Unconfirmed", confirmed.Open.Count);
        yield return ("Names", changes.Names.Count(n => n.Refused is null));
        yield return ("NamesRefused", changes.Names.Count(n => n.Refused is not null));
        yield return ("Skipped", imported.Skipped.Count);
    }

    private Table Counts()
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumn("kind");
        table.AddColumn(new TableColumn("count").RightAligned());
        foreach (var (name, count) in CountsByName()) table.AddRow(JsonNamingPolicy.KebabCaseLower.ConvertName(name), count.ToString(CultureInfo.InvariantCulture));
        return table;
    }

    private Table Changes()
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("kind", "offer", "from", "old", "new", "");
        table.Caption("USD per million tokens, request, image or hour; only the figures that differ");
        foreach (var change in Shown.OrderBy(c => c.Kind))
        {
            var pairs = change.Figures.ToArray();
            table.AddRow([.. new[]
            {
                EnumNames.Of(change.Kind), change.Offer.ToString(), Day(change.Day), Figures(pairs, p => p.Before), Figures(pairs, p => p.After),
                change.Conflict ?? (change.IsQuarantined ? confirmed.Has(change) ? "confirmed" : "quarantined" : ""),
            }.Select(Markup.Escape)]);
        }

        return table;
    }

    private Table Skipped(bool verbose)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("skipped", "reason");
        if (verbose)
        {
            foreach (var note in imported.Skipped) table.AddRow(Markup.Escape($"{note.Entry} {note.Field}".TrimEnd()), Markup.Escape(note.Reason));
            return table;
        }

        foreach (var reason in Reasons) table.AddRow(reason.Count().ToString(CultureInfo.InvariantCulture), Markup.Escape(reason.Key));
        return table;
    }

    private void WriteChange(Utf8JsonWriter json, CatalogChange change)
    {
        json.WriteStartObject();
        json.WriteString("kind", EnumNames.Of(change.Kind));
        json.WriteString("offer", change.Offer.ToString());
        json.WriteString("day", Day(change.Day));
        WriteRow(json, "before", change.Before);
        WriteRow(json, "after", change.After);
        if (change.SplitFrom is { } owner) json.WriteString("pricedSoFarAs", owner.ToString());
        if (change.Conflict is { } conflict) json.WriteString("conflict", conflict);
        WriteArray(json, "quarantine", change.Quarantine, (j, reason) => j.WriteStringValue(reason));
        if (change.IsQuarantined) json.WriteBoolean("confirmed", confirmed.Has(change));
        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, string name, Price? row)
    {
        json.WritePropertyName(name);
        if (row is null) json.WriteNullValue();
        else PriceFileWriter.WriteRow(json, row);
    }

    private static void WriteName(Utf8JsonWriter json, NameChange name)
    {
        json.WriteStartObject();
        json.WriteString("model", name.Model.ToString());
        json.WriteString("name", name.Name);
        if (name.Refused is { } refused) json.WriteString("refused", refused);
        json.WriteEndObject();
    }

    private static void WriteNote(Utf8JsonWriter json, ImportNote note)
    {
        json.WriteStartObject();
        json.WriteString("entry", note.Entry);
        json.WriteString("field", note.Field);
        json.WriteString("reason", note.Reason);
        json.WriteEndObject();
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items) write(json, item);
        json.WriteEndArray();
    }

    private static string Figures(FigurePair[] pairs, Func<FigurePair, decimal?> side) =>
        string.Join(", ", pairs.Where(p => side(p) is not null).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name} {side(p):0.############}")));

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
