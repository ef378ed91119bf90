using System.Text.Json;

namespace CostMonitor.Core.Pricing;

/// <summary>A cost as records keep it: properties of the object that is open.</summary>
internal static class CallCostJson
{
    public static void Write(Utf8JsonWriter json, CallCost cost)
    {
        if (cost.Amount is { } amount) json.WriteNumber("costUsd", amount.Amount);
        else json.WriteNull("costUsd");
        if (cost.Label is { } label) json.WriteString("pricingLabel", label);
        if (cost.UnpricedReason is { } reason) json.WriteString("unpricedReason", reason);
    }

    public static CallCost Read(JsonElement json) =>
        json.GetProperty("costUsd") is { ValueKind: JsonValueKind.Number } amount
            ? CallCost.Known(new Usd(amount.GetDecimal()), Text(json, "pricingLabel") ?? "")
            : CallCost.Unknown(Text(json, "unpricedReason") ?? "", Text(json, "pricingLabel"));

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
