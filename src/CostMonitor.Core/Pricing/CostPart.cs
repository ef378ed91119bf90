using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>What one class of tokens, or one fee, adds to the cost of a call.</summary>
public sealed record CostPart
{
    private const decimal Million = 1_000_000m;

    public required PriceUnit Unit { get; init; }

    /// <summary>The class; null for a fee that is not asked for tokens.</summary>
    public TokenClass? TokenClass { get; init; }

    /// <summary>The class whose price is charged: another one where the class has no price of its own.</summary>
    public TokenClass? ChargedAs { get; init; }

    /// <summary>Tokens, requests, images or hours: more than 0.</summary>
    public required decimal Quantity { get; init; }

    /// <summary>The price per <see cref="Unit"/>; null if unknown.</summary>
    public decimal? Rate { get; init; }

    /// <summary>The prompt size above which this price holds; 0 for the row's own prices.</summary>
    public long TierAbove { get; init; }

    /// <summary>Quantity times price; null if the price is unknown.</summary>
    public Usd? Cost => Rate is { } rate ? new Usd(Unit == PriceUnit.MillionTokens ? Quantity * rate / Million : Quantity * rate) : null;

    /// <summary>What is billed, as files and tables name it: <c>cachedInput</c>, <c>request</c>.</summary>
    public string Name => TokenClass is { } tokens ? TokenClasses.NameOf(tokens) : EnumNames.Of(Unit);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("class", Name);
        json.WriteString("unit", EnumNames.Of(Unit));
        json.WriteNumber(Unit == PriceUnit.MillionTokens ? "tokens" : "quantity", Quantity);
        if (ChargedAs is { } charged && charged != TokenClass) json.WriteString("chargedAs", TokenClasses.NameOf(charged));
        if (TierAbove > 0) json.WriteNumber("promptTokensAbove", TierAbove);
        if (Rate is { } rate) json.WriteNumber("usdPerUnit", rate);
        else json.WriteNull("usdPerUnit");
        if (Cost is { } cost) json.WriteNumber("costUsd", cost.Amount);
        else json.WriteNull("costUsd");
        json.WriteEndObject();
    }
}
