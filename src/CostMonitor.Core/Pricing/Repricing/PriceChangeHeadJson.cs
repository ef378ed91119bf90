using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>The one JSON form of a change: a line of the file beside a JSONL file, a row of the table Prices, the output of <c>costmon</c>.</summary>
public static class PriceChangeHeadJson
{
    public static void Write(Utf8JsonWriter json, PriceChangeHead head)
    {
        json.WriteStartObject();
        json.WriteString("id", head.Id.ToString());
        json.WriteString("at", head.At.UtcDateTime);
        json.WriteString("by", head.By);
        json.WriteString("state", EnumNames.Of(head.State));
        json.WriteString("what", head.Request.ToString());
        WriteRequest(json, head.Request);
        if (head.Prices is { } prices) json.WriteString("prices", prices);
        if (head.Outcome is { } outcome)
        {
            json.WriteStartObject("outcome");
            outcome.WriteProperties(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <exception cref="FormatException">The element is no change.</exception>
    public static PriceChangeHead Read(JsonElement json)
    {
        try
        {
            return new PriceChangeHead
            {
                Id = PriceChangeId.Parse(Text(json, "id") ?? ""),
                At = Instant(json, "at") ?? throw new FormatException("'at' is missing."),
                By = Text(json, "by") ?? "",
                State = Name<PriceChangeState>(json, "state"),
                Request = ReadRequest(json.GetProperty("request")),
                Prices = Text(json, "prices"),
                Outcome = json.TryGetProperty("outcome", out var outcome) ? RepricingRow.Read(outcome) : null,
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"This is no price change: {e.Message}", e);
        }
    }

    private static void WriteRequest(Utf8JsonWriter json, RepricingRequest request)
    {
        json.WriteStartObject("request");
        json.WriteString("kind", EnumNames.Of(request.Kind));
        if (request.From is { } from) json.WriteString("from", from.UtcDateTime);
        if (request.Before is { } before) json.WriteString("to", before.UtcDateTime);
        if (request.Batch is { } batch) json.WriteString("batch", batch.ToString());
        if (request.Label is { } label) json.WriteString("label", label);
        if (request.As is { } offer) OfferJson.Write(json, "as", offer);
        if (request.Reverts is { } id) json.WriteString("reverts", id.ToString());
        json.WriteEndObject();
    }

    private static RepricingRequest ReadRequest(JsonElement json) => new()
    {
        Kind = Name<PriceChangeKind>(json, "kind"),
        From = Instant(json, "from"),
        Before = Instant(json, "to"),
        Batch = Text(json, "batch") is { } batch ? new BatchId(batch) : null,
        Label = Text(json, "label"),
        As = json.TryGetProperty("as", out var offer) ? OfferJson.Read(offer) : null,
        Reverts = Text(json, "reverts") is { } id ? PriceChangeId.Parse(id) : null,
    };

    private static T Name<T>(JsonElement json, string name)
        where T : struct, Enum =>
        EnumNames.TryParse(Text(json, name), out T value) ? value : throw new FormatException($"'{Text(json, name)}' is no {name}; expected one of {EnumNames.All<T>()}.");

    private static DateTimeOffset? Instant(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? new DateTimeOffset(value.GetDateTime(), TimeSpan.Zero) : null;

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
