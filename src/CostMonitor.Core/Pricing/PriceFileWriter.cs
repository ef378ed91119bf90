using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>Writes price files so that one row is one block of a diff, the same models always as the same text.</summary>
public static class PriceFileWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <param name="provider">The provider of all the models.</param>
    /// <param name="models">Its models, in any order.</param>
    public static string Write(string provider, IEnumerable<PricedModel> models)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("provider", provider);
            json.WriteStartArray("models");
            foreach (var model in models.OrderBy(m => m.Key)) WriteModel(json, model);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteModel(Utf8JsonWriter json, PricedModel model)
    {
        json.WriteStartObject();
        json.WriteString("model", model.Key.Model);
        WriteTexts(json, "aliases", model.Aliases);
        WriteTexts(json, "patterns", model.Patterns.Select(p => p.Text));
        json.WriteStartArray("prices");
        foreach (var price in model.Prices) WriteRow(json, price);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        var ordered = texts.Order(StringComparer.Ordinal).ToArray();
        if (ordered.Length == 0) return;
        json.WriteStartArray(name);
        foreach (var text in ordered) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>Writes a row as its file has it, as the next value of an array or property that is open.</summary>
    public static void WriteRow(Utf8JsonWriter json, Price price)
    {
        json.WriteStartObject();
        json.WriteString("label", price.Label);
        json.WriteString("effectiveFrom", Day(price.EffectiveFrom));
        if (price.EffectiveTo is { } end) json.WriteString("effectiveTo", Day(end));
        json.WriteString("checked", Day(price.Checked));
        json.WriteString("source", price.Source);
        if (price.Note is { } note) json.WriteString("note", note);
        json.WriteString("currency", price.Currency);
        if (price.Offer.Tier != ServiceTier.Standard) json.WriteString("tier", EnumNames.Of(price.Offer.Tier));
        if (price.Offer.Deployment != DeploymentType.None) json.WriteString("deployment", EnumNames.Of(price.Offer.Deployment));
        if (price.Offer.Region is { } region) json.WriteString("region", region);
        WriteFigures(json, price);
        json.WriteEndObject();
    }

    private static void WriteFigures(Utf8JsonWriter json, Price price)
    {
        if (price.Multiple is { } multiple)
        {
            json.WriteStartObject("times");
            json.WriteNumber("factor", multiple.Times);
            json.WriteString("of", EnumNames.Of(multiple.Of));
            json.WriteEndObject();
        }

        if (price.Multiple is null && !price.PerMillionTokens.IsEmpty) WriteRates(json, price.PerMillionTokens);
        if (price.Multiple is null && price.PromptTiers.Count > 0) WriteTiers(json, price);
        if (price.PerRequest is { } request) json.WriteNumber("perRequest", request);
        if (price.PerImage is { } image) json.WriteNumber("perImage", image);
        if (price.PerHour is { } hour) json.WriteNumber("perHour", hour);
    }

    private static void WriteTiers(Utf8JsonWriter json, Price price)
    {
        if (price.TierCharge != TierCharge.WholeCall) json.WriteString("tierCharge", EnumNames.Of(price.TierCharge));
        json.WriteStartArray("promptTiers");
        foreach (var tier in price.PromptTiers)
        {
            json.WriteStartObject();
            json.WriteNumber("above", tier.Above);
            WriteRates(json, tier.PerMillionTokens);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRates(Utf8JsonWriter json, TokenRates rates)
    {
        json.WriteStartObject("perMillionTokens");
        foreach (var (tokenClass, rate) in rates.Stated)
        {
            if (rate is { Times: { } times, Of: { } of })
            {
                json.WriteStartObject(TokenClasses.NameOf(tokenClass));
                json.WriteNumber("times", times);
                json.WriteString("of", TokenClasses.NameOf(of));
                json.WriteEndObject();
            }
            else
            {
                json.WriteNumber(TokenClasses.NameOf(tokenClass), rate.PerMillion);
            }
        }

        json.WriteEndObject();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
