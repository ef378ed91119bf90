using System.Globalization;
using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing.Azure;

/// <summary>One page of an answer of the Retail Prices API.</summary>
/// <param name="Meters">Its items, read.</param>
/// <param name="Items">The same items as they came.</param>
/// <param name="NextPageLink">Where the next page is; null on the last.</param>
/// <remarks>https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices</remarks>
public sealed record RetailPage(IReadOnlyList<RetailMeter> Meters, JsonElement Items, string? NextPageLink)
{
    /// <summary>No token, hour or reserved year is near this; above it something else has been read.</summary>
    private const decimal HighestPrice = 100_000_000m;

    /// <summary>Azure names no region for a price that holds everywhere, or this one.</summary>
    private const string NoRegion = "Global";

    /// <param name="json">The page, or a kept answer, whose items have the same form.</param>
    /// <param name="file">The name that faults give it.</param>
    /// <exception cref="InputException">All faults of the page, each with the index of its item and the field.</exception>
    public static RetailPage Read(string json, string file) => InputFaults.ReadJson(json, file, ReadPage);

    private static RetailPage? ReadPage(InputNode root)
    {
        if (root.Required("Items", "an array of prices") is not { } items) return null;
        var meters = items.Items("an array of prices").Select(ReadItem).OfType<RetailMeter>().ToArray();
        var next = root.OptionalText("NextPageLink", "an address, or null on the last page");
        if (root.OptionalInteger("Count", 0, int.MaxValue) is { } count && items.Element.ValueKind == JsonValueKind.Array && count != items.Element.GetArrayLength())
        {
            root.Fault(string.Create(CultureInfo.InvariantCulture, $"'Count' is {count}, and there are {items.Element.GetArrayLength()} items; a part of the page is missing."));
        }

        return new RetailPage(meters, items.Element.Clone(), next);
    }

    private static RetailMeter? ReadItem(InputNode item)
    {
        if (!item.IsObject)
        {
            item.Fault($"Expected a price, got {item.Shown()}.");
            return null;
        }

        if (item.RequiredText("currencyCode", "USD") is { Length: > 0 } currency && currency != Price.Dollar) item.Property("currencyCode")?.Fault($"Expected USD, got '{currency}'.");
        var price = item.Required("retailPrice", "a price in USD") is null ? null : item.OptionalDecimal("retailPrice", 0, HighestPrice);
        var (from, to) = (item.Required("effectiveStartDate", "an instant") is { } start ? Instant(start) : null, item.Property("effectiveEndDate") is { } end ? Instant(end) : null);
        return new RetailMeter
        {
            MeterId = item.RequiredText("meterId", "the meter's id"),
            MeterName = Tidy(item.RequiredText("meterName", "the meter's name")),
            ProductName = item.RequiredText("productName", "the product's name"),
            Region = Region(item),
            UnitOfMeasure = item.RequiredText("unitOfMeasure", "a unit, as in 1K").Trim(),
            RetailPrice = price ?? 0,
            TierMinimumUnits = item.OptionalDecimal("tierMinimumUnits", 0, HighestPrice) ?? 0,
            Type = item.RequiredText("type", "a kind of price, as in Consumption"),
            ReservationTerm = item.OptionalText("reservationTerm", "a term, as in 1 Year"),
            From = from is { } first ? DateOnly.FromDateTime(first.UtcDateTime) : default,
            To = to is { } last ? FirstDayAfter(last.UtcDateTime) : null,
        };
    }

    /// <summary>The name without double or outer spaces, which differ between two readings of one meter.</summary>
    private static string Tidy(string name) => string.Join(' ', name.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string? Region(InputNode item) =>
        item.Property("armRegionName") is { IsString: true } node && node.Element.GetString() is { } text
            ? text.Length == 0 || text == NoRegion ? null : text
            : item.OptionalText("armRegionName", "a region, as in swedencentral");

    private static DateTimeOffset? Instant(InputNode node)
    {
        if (node.IsString && DateTimeOffset.TryParse(node.Element.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)) return instant;
        node.Fault($"Expected an instant, as in 2025-04-01T00:00:00Z, got {node.Shown()}.");
        return null;
    }

    private static DateOnly FirstDayAfter(DateTime end) => DateOnly.FromDateTime(end).AddDays(end.TimeOfDay == TimeSpan.Zero ? 0 : 1);
}
