using System.Globalization;
using System.Text.Json;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Azure;
using CostMonitor.Providers.Prices;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>Shows what came of Azure's price list. Prices of one meter that are unused for one reason are one line, however many regions they are for.</summary>
internal static class AzureImportView
{
    public static void Write(Utf8JsonWriter json, RetailReading reading, AzureImport import)
    {
        json.WriteStartObject();
        json.WriteString("address", reading.Answer.Address.ToString());
        json.WriteString("readAt", reading.Answer.ReadAt);
        if (reading.WhyKept is { } why) json.WriteString("keptBecause", why);
        WriteCounts(json, reading, import);
        json.WritePropertyName("rows");
        PriceRowsJson.Write(json, import.Models.SelectMany(m => m.Prices));
        json.WriteStartArray("unused");
        foreach (var line in Lines(import)) WriteUnused(json, line);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Say(RetailReading reading, AzureImport import)
    {
        var answer = reading.Answer;
        Words.Say(Text($"{answer.Meters.Count} prices of {answer.Address.Host}, read on {answer.ReadAt:yyyy-MM-dd HH:mm} UTC."));
        if (reading is { Age: { } age, WhyKept: { } why }) Words.Say(Text($"That answer was kept {age.TotalHours:0.0} hours ago and is used because {why.TrimEnd('.')}."));
        Words.Say(Text($"{import.Used} used for {import.Models.Sum(m => m.Prices.Count)} rows of {import.Models.Count} models; ")
            + string.Join(", ", Enum.GetValues<UnusedKind>().Select(kind => Text($"{import.Of(kind).Count()} {EnumNames.Of(kind)}"))) + ".");
        foreach (var line in Lines(import).Where(l => l.First().Kind is UnusedKind.Unmapped or UnusedKind.Refused)) Words.Say(Sentence(line));
    }

    private static void WriteCounts(Utf8JsonWriter json, RetailReading reading, AzureImport import)
    {
        json.WriteStartObject("counts");
        json.WriteNumber("read", reading.Answer.Meters.Count);
        json.WriteNumber("used", import.Used);
        foreach (var kind in Enum.GetValues<UnusedKind>()) json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), import.Of(kind).Count());
        json.WriteEndObject();
    }

    private static void WriteUnused(Utf8JsonWriter json, IGrouping<(UnusedKind, string, string, string), UnusedMeter> line)
    {
        var first = line.First();
        json.WriteStartObject();
        json.WriteString("kind", EnumNames.Of(first.Kind));
        json.WriteString("meter", first.Meter.MeterName);
        json.WriteString("product", first.Meter.ProductName);
        json.WriteString("unit", first.Meter.UnitOfMeasure);
        json.WriteNumber("prices", line.Count());
        json.WriteString("why", first.Why);
        if (first.Suggestion is { } suggestion) json.WriteString("suggested", suggestion.ToString());
        json.WriteEndObject();
    }

    private static string Sentence(IGrouping<(UnusedKind, string, string, string), UnusedMeter> line)
    {
        var first = line.First();
        var suggested = first.Suggestion is { } suggestion ? $"; suggested: {suggestion}" : "";
        return Text($"{EnumNames.Of(first.Kind)}: '{first.Meter.MeterName}' of {first.Meter.ProductName} ({line.Count()} x {first.Meter.UnitOfMeasure}): {first.Why}{suggested}");
    }

    private static IEnumerable<IGrouping<(UnusedKind, string, string, string), UnusedMeter>> Lines(AzureImport import) => import.Unused
        .GroupBy(u => (u.Kind, u.Meter.MeterName, u.Meter.ProductName, u.Why))
        .OrderBy(g => g.Key.Kind).ThenBy(g => g.Key.MeterName, StringComparer.Ordinal).ThenBy(g => g.Key.ProductName, StringComparer.Ordinal).ThenBy(g => g.Key.Why, StringComparer.Ordinal);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
