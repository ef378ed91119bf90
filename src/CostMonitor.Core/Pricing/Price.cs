using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>What a provider asks for one offer over a span of days: a row of the catalog.</summary>
public sealed record Price
{
    public const string Dollar = "USD";

    public required Offer Offer { get; init; }

    /// <summary>Names the price list that this row belongs to; kept with every cost that was computed from it.</summary>
    public required string Label { get; init; }

    /// <summary>The first day (UTC) on which it holds.</summary>
    public required DateOnly EffectiveFrom { get; init; }

    /// <summary>The first day on which it no longer holds; null while it holds.</summary>
    public DateOnly? EffectiveTo { get; init; }

    /// <summary>Where the figures stand.</summary>
    public required string Source { get; init; }

    /// <summary>The day on which the source was read.</summary>
    public required DateOnly Checked { get; init; }

    /// <summary>What a reader of the row should know; null if nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The currency of all its figures, as three letters. Costs are in USD: a row in another currency prices nothing, and says so.</summary>
    public string Currency { get; init; } = Dollar;

    public TokenRates PerMillionTokens { get; init; } = TokenRates.None;

    /// <summary>Other prices for long prompts, by ascending limit.</summary>
    public IReadOnlyList<PromptTier> PromptTiers { get; init; } = [];

    public TierCharge TierCharge { get; init; }

    /// <summary>Asked for each call beside its tokens; null if nothing is.</summary>
    public decimal? PerRequest { get; init; }

    /// <summary>Asked for each image; null if images are not billed so.</summary>
    public decimal? PerImage { get; init; }

    /// <summary>Asked for each hour of one unit of capacity, such as a provisioned throughput unit or a hosted fine-tuned model; null if nothing is.</summary>
    public decimal? PerHour { get; init; }

    /// <summary>The row that this one's token prices were worked out from; null if they are stated.</summary>
    public PriceMultiple? Multiple { get; init; }

    public ModelKey Model => Offer.Model;

    public bool HoldsOn(DateOnly day) => day >= EffectiveFrom && (EffectiveTo is not { } end || day < end);

    /// <summary>The cost of one call by its tokens, and by its fee if there is one.</summary>
    public CallCost CostOf(in TokenUsage usage) =>
        PerRequest is null && !IsInParts && Currency == Dollar ? CostOf(usage, 0) : CostOf(new BilledUsage(usage));

    /// <summary>The cost of a call: the sum of its <see cref="Breakdown"/>; unknown as soon as one part has no price.</summary>
    public CallCost CostOf(in BilledUsage usage)
    {
        if (Currency != Dollar) return CallCost.Unknown($"{Offer} is priced in {Currency} in {Label}, and nothing is converted to USD.", Label);
        if (usage.Images > 0 && PerImage is null) return NoPrice("image");
        if (usage.Hours > 0 && PerHour is null) return NoPrice("hour");
        var fees = usage.Requests * (PerRequest ?? 0) + usage.Images * (PerImage ?? 0) + usage.Hours * (PerHour ?? 0);
        return IsInParts ? CostInParts(usage) : CostOf(usage.Tokens, fees);
    }

    private CallCost CostOf(in TokenUsage usage, decimal fees)
    {
        var rates = PromptTiers.Count == 0 ? PerMillionTokens : RatesFor(usage.TotalInput);
        if (!rates.TryCost(usage, out var cost, out var missing)) return NoPrice(TokenClasses.NameOf(missing));
        return CallCost.Known(new Usd(fees == 0 ? cost : cost + fees), Label);
    }

    private bool IsInParts => TierCharge == TierCharge.PartAbove && PromptTiers.Count > 0;

    /// <summary>The parts of a call's cost, one for each class with tokens and each fee; a part without a known price has a null cost.</summary>
    public IReadOnlyList<CostPart> Breakdown(in BilledUsage usage)
    {
        var parts = new List<CostPart>();
        foreach (var (above, tokens) in Bands(usage.Tokens)) AddTokens(parts, above, tokens);
        if (usage.Requests > 0 && PerRequest is not null) parts.Add(new CostPart { Unit = PriceUnit.Request, Quantity = usage.Requests, Rate = PerRequest });
        if (usage.Images > 0) parts.Add(new CostPart { Unit = PriceUnit.Image, Quantity = usage.Images, Rate = PerImage });
        if (usage.Hours > 0) parts.Add(new CostPart { Unit = PriceUnit.Hour, Quantity = usage.Hours, Rate = PerHour });
        return parts;
    }

    private void AddTokens(List<CostPart> parts, long above, in TokenUsage usage)
    {
        var rates = RatesFor(above + 1);
        foreach (var tokenClass in TokenClasses.All)
        {
            if (usage[tokenClass] == 0) continue;
            parts.Add(new CostPart
            {
                Unit = PriceUnit.MillionTokens,
                TokenClass = tokenClass,
                ChargedAs = rates.ChargedAs(tokenClass),
                Quantity = usage[tokenClass],
                Rate = rates[tokenClass],
                TierAbove = above,
            });
        }
    }

    private CallCost CostInParts(in BilledUsage usage)
    {
        var parts = Breakdown(usage);
        return parts.FirstOrDefault(p => p.Cost is null) is { } missing
            ? NoPrice(missing.Name)
            : CallCost.Known(parts.Aggregate(Usd.Zero, (sum, part) => sum + (part.Cost ?? Usd.Zero)), Label);
    }

    /// <summary>The tokens by the limit above which they are charged: one band, or one a tier where only the part above is dearer.</summary>
    private IEnumerable<(long Above, TokenUsage Tokens)> Bands(TokenUsage usage) => IsInParts
        ? PromptBands.Split(usage, [.. PromptTiers.Select(t => t.Above)])
        : [(PromptTiers.LastOrDefault(t => usage.TotalInput > t.Above)?.Above ?? 0, usage)];

    private TokenRates RatesFor(long promptTokens)
    {
        for (var i = PromptTiers.Count - 1; i >= 0; i--)
        {
            if (promptTokens > PromptTiers[i].Above) return PromptTiers[i].PerMillionTokens;
        }

        return PerMillionTokens;
    }

    private CallCost NoPrice(string what) => CallCost.Unknown($"{Offer} has no {what} price in {Label}.", Label);
}
