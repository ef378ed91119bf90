using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>A change as a record keeps it.</summary>
internal static class PriceChangeJson
{
    public static void Write(Utf8JsonWriter json, PriceChange change)
    {
        json.WriteStartObject();
        json.WriteString("id", change.Id.ToString());
        json.WriteString("at", change.At.UtcDateTime);
        json.WriteString("kind", EnumNames.Of(change.Kind));
        json.WriteString("by", change.By);
        json.WriteStartObject("before");
        CallCostJson.Write(json, change.Before);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">The element is no change.</exception>
    public static PriceChange Read(JsonElement json) => new(
        PriceChangeId.Parse(json.GetProperty("id").GetString() ?? ""),
        new DateTimeOffset(json.GetProperty("at").GetDateTime(), TimeSpan.Zero),
        EnumNames.TryParse(json.GetProperty("kind").GetString(), out PriceChangeKind kind)
            ? kind
            : throw new FormatException($"'{json.GetProperty("kind")}' is no kind of price change; expected one of {EnumNames.All<PriceChangeKind>()}."),
        CallCostJson.Read(json.GetProperty("before")),
        json.GetProperty("by").GetString() ?? "");
}
