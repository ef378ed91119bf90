using System.Globalization;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Azure;
using CostMonitor.Core.Pricing.Import;
using CostMonitor.Providers.Prices;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>Shows what came of Azure's price list. Prices of one meter that are unused for one reason are one line, however many regions they are for.</summary>
internal static class AzureImportNotes
{
    /// <summary>What of the list gives no price, one note a line.</summary>
    public static IReadOnlyList<ImportNote> Of(AzureImport import) => [.. Lines(import).Select(line => Note(line.First(), line.Count()))];

    public static void Say(RetailReading reading, AzureImport import)
    {
        var answer = reading.Answer;
        Words.Say(Text($"{answer.Meters.Count} prices of {answer.Address.Host}, read on {answer.ReadAt:yyyy-MM-dd HH:mm} UTC."));
        if (reading is { Age: { } age, WhyKept: { } why }) Words.Say(Text($"That answer was kept {age.TotalHours:0.0} hours ago and is used because {why.TrimEnd('.')}."));
        Words.Say(Text($"{import.Used} used for {import.Models.Sum(m => m.Prices.Count)} rows of {import.Models.Count} models; ")
            + string.Join(", ", Enum.GetValues<UnusedKind>().Select(kind => Text($"{import.Of(kind).Count()} {EnumNames.Of(kind)}"))) + ".");
        foreach (var line in Lines(import).Where(l => l.First().Kind is UnusedKind.Unmapped or UnusedKind.Refused)) Words.Say(Sentence(line));
    }

    private static ImportNote Note(UnusedMeter meter, int count) => new(
        meter.Meter.MeterName, Text($"{meter.Meter.ProductName}, {count} x {meter.Meter.UnitOfMeasure}"),
        $"{EnumNames.Of(meter.Kind)}: {meter.Why}{(meter.Suggestion is { } suggestion ? $"; suggested: {suggestion}" : "")}");

    private static string Sentence(IGrouping<(UnusedKind, string, string, string), UnusedMeter> line)
    {
        var note = Note(line.First(), line.Count());
        return $"'{note.Entry}' of {note.Field}: {note.Reason}";
    }

    private static IEnumerable<IGrouping<(UnusedKind, string, string, string), UnusedMeter>> Lines(AzureImport import) => import.Unused
        .GroupBy(u => (u.Kind, u.Meter.MeterName, u.Meter.ProductName, u.Why))
        .OrderBy(g => g.Key.Kind).ThenBy(g => g.Key.MeterName, StringComparer.Ordinal).ThenBy(g => g.Key.ProductName, StringComparer.Ordinal).ThenBy(g => g.Key.Why, StringComparer.Ordinal);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
