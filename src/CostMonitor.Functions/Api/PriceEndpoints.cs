using System.Globalization;
using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.Api;

/// <summary>Shows the prices in force, explains costs, and takes price files.</summary>
internal sealed class PriceEndpoints(Composition composition)
{
    /// <summary>GET /api/prices?model=&amp;day=: the rows in force on a day, today if it is not given.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var query = new ApiQuery(context.Request);
        var day = query.Day("day", Today(app));
        var part = query.Text("model") ?? "";
        query.ThrowIfFaulty();
        var prices = app.Prices.InForce;
        var rows = prices.Catalog.Prices.Where(p => p.HoldsOn(day) && p.Model.ToString().Contains(part, StringComparison.Ordinal)).ToArray();
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("read", prices.Read);
            WriteFaults(json, prices);
            json.WriteStartArray("prices");
            foreach (var row in rows) WriteRow(json, row);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>PUT /api/prices/{provider}: puts a provider's price file in force, in all processes within five minutes.</summary>
    public async Task PutAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        using var reader = new StreamReader(context.Request.Body);
        var json = await reader.ReadToEndAsync(context.RequestAborted);
        var provider = context.Request.RouteValues["provider"] as string ?? "";
        ExpectProvider(json, provider);
        await app.Prices.StoreAsync(provider, json, "PUT /api/prices", context.RequestAborted);
        app.Reports.Stored(provider, "PUT /api/prices");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>What was wrong with prices that are therefore not in force, and how old those are that are.</summary>
    public static IEnumerable<string> Problems(PricesInForce prices, DateTimeOffset now) => prices.Faults.Select(fault => string.Create(
        CultureInfo.InvariantCulture, $"Prices: {fault} Those read {(now - prices.Read).TotalMinutes:0} minutes ago stay in force."));

    private static void ExpectProvider(string json, string provider)
    {
        var stated = InputFaults.ReadJson(json, "body", root => root.RequiredText("provider", "the provider's name, as in openai"));
        if (stated != provider) throw new InputException("body", "$.provider", $"Expected '{provider}' as in the address, got '{stated}'.");
    }

    private static void WriteFaults(Utf8JsonWriter json, PricesInForce prices)
    {
        json.WriteStartArray("notInForce");
        foreach (var fault in prices.Faults) json.WriteStringValue(fault.ToString());
        json.WriteEndArray();
    }

    private static void WriteRow(Utf8JsonWriter json, Price row)
    {
        json.WriteStartObject();
        json.WriteString("model", row.Model.ToString());
        json.WritePropertyName("price");
        PriceFileWriter.WriteRow(json, row);
        json.WriteEndObject();
    }

    private static DateOnly Today(RunningApp app) => DateOnly.FromDateTime(app.Time.GetUtcNow().UtcDateTime);
}
