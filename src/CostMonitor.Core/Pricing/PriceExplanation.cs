using System.Globalization;
using System.Text.Json;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>How the cost of a call comes about: every factor of it.</summary>
public sealed record PriceExplanation
{
    private PriceExplanation(Offer offer, Price? price, BilledUsage usage, CallCost cost) => (Offer, Price, Usage, Cost) = (offer, price, usage, cost);

    /// <summary>What was bought.</summary>
    public Offer Offer { get; }

    /// <summary>The row that prices it; null if there is none.</summary>
    public Price? Price { get; }

    public BilledUsage Usage { get; }

    public CallCost Cost { get; }

    /// <summary>The parts of the cost; their sum is <see cref="Cost"/>. Empty without a row.</summary>
    public IReadOnlyList<CostPart> Parts => Price?.Breakdown(Usage) ?? [];

    /// <param name="catalog">The prices.</param>
    /// <param name="offer">What was bought.</param>
    /// <param name="answeredBy">The model that answered by its own account; null if it did not say.</param>
    /// <param name="usage">What was used.</param>
    /// <param name="day">The day (UTC) of the call.</param>
    public static PriceExplanation Of(PriceCatalog catalog, Offer offer, string? answeredBy, BilledUsage usage, DateOnly day)
    {
        var price = catalog.Find(offer, answeredBy, day);
        return new PriceExplanation(offer, price, usage, price?.CostOf(usage) ?? CallCost.Unknown(catalog.WhyNot(offer, day)));
    }

    /// <summary>What there is to say of the row, for people: one fact a line.</summary>
    public IEnumerable<string> Facts()
    {
        if (Price is not { } price) yield break;
        yield return price.Model == Offer.Model ? $"{price.Offer}, list {price.Label}" : $"{Offer.Model} is priced as {price.Offer}, list {price.Label}";
        yield return price.EffectiveTo is { } end ? $"in force from {Day(price.EffectiveFrom)} until {Day(end)} (exclusive), UTC" : $"in force from {Day(price.EffectiveFrom)} on, UTC";
        yield return $"source: {price.Source}, checked on {Day(price.Checked)}";
        if (price.Note is { } note) yield return $"note: {note}";
        if (price.Multiple is { } multiple) yield return string.Create(CultureInfo.InvariantCulture, $"token prices are {multiple.Times} times those of the tier {multiple.Of}");
        foreach (var (tokenClass, rate) in price.PerMillionTokens.Stated)
        {
            if (rate is { Times: { } times, Of: { } of })
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{TokenClasses.NameOf(tokenClass)} is {times} times {TokenClasses.NameOf(of)}");
            }
        }

        if (price.PromptTiers.Count == 0) yield break;
        var limits = string.Join(", ", price.PromptTiers.Select(t => t.Above.ToString(CultureInfo.InvariantCulture)));
        var what = price.TierCharge == TierCharge.WholeCall ? "the whole call" : "the part above it";
        yield return string.Create(CultureInfo.InvariantCulture, $"other prices above {limits} prompt tokens, for {what}; this prompt has {Usage.Tokens.TotalInput}");
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("offer", Offer.ToString());
        if (Price is { } price)
        {
            json.WriteString("pricedAs", price.Offer.ToString());
            json.WritePropertyName("row");
            PriceFileWriter.WriteRow(json, price);
        }
        else
        {
            json.WriteNull("row");
        }

        json.WriteStartArray("parts");
        foreach (var part in Parts) part.Write(json);
        json.WriteEndArray();
        if (Cost.Amount is { } amount) json.WriteNumber("costUsd", amount.Amount);
        else json.WriteNull("costUsd");
        if (Cost.UnpricedReason is { } reason) json.WriteString("unpricedReason", reason);
        json.WriteEndObject();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
