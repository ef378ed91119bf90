using System.Text.Json.Nodes;

namespace CostMonitor.Testing.RetailPrices;

/// <summary>Pages of Azure's price list: recorded ones, and ones composed of single items.</summary>
public static class RetailPages
{
    /// <summary>The recorded pages in their order; <c>README.md</c> beside them says where they come from.</summary>
    public static IReadOnlyList<string> Recorded { get; } =
        [.. new[] { "page-1.json", "page-2.json", "page-3.json" }.Select(name => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "RetailPrices", name)))];

    /// <summary>A page of items.</summary>
    public static string Of(IEnumerable<JsonObject> items, string? next = null)
    {
        var array = new JsonArray([.. items]);
        return new JsonObject
        {
            ["BillingCurrency"] = "USD", ["Items"] = array, ["NextPageLink"] = next, ["Count"] = array.Count,
        }.ToJsonString();
    }

    /// <summary>An item with the fields that the documentation names.</summary>
    /// <param name="meterName">The meter; its id is made of the name and the region.</param>
    /// <param name="price">As JSON: a number, or what is wrong with it.</param>
    public static JsonObject Item(
        string meterName, string price, string unit = "1K", string region = "swedencentral", string from = "2025-04-01", string? to = null, string product = "Azure OpenAI") => new()
        {
            ["currencyCode"] = "USD", ["tierMinimumUnits"] = 0.0, ["retailPrice"] = JsonNode.Parse(price), ["unitPrice"] = JsonNode.Parse(price),
            ["armRegionName"] = region, ["location"] = region, ["effectiveStartDate"] = $"{from}T00:00:00Z", ["effectiveEndDate"] = to is null ? null : $"{to}T00:00:00Z",
            ["meterId"] = $"{meterName}/{region}", ["meterName"] = meterName, ["productName"] = product, ["serviceName"] = "Foundry Models",
            ["unitOfMeasure"] = unit, ["type"] = "Consumption", ["isPrimaryMeterRegion"] = true,
        };
}
