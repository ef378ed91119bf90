using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>What a provider asks for one model over a span of days, in USD per million tokens of each class.</summary>
public sealed record Price
{
    private const decimal Million = 1_000_000m;

    public required ModelKey Model { get; init; }

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

    /// <summary>USD per million tokens; a class that is absent has no known price, which is not a price of 0.</summary>
    public required IReadOnlyDictionary<TokenClass, decimal> PerMillionTokens { get; init; }

    public bool HoldsOn(DateOnly day) => day >= EffectiveFrom && (EffectiveTo is not { } end || day < end);

    /// <summary>The parts of a call's cost, one for each class with tokens; a part without a known price has a null cost.</summary>
    public IReadOnlyList<CostPart> Breakdown(TokenUsage usage) =>
        [.. from tokenClass in Enum.GetValues<TokenClass>()
            where usage[tokenClass] > 0
            select Part(tokenClass, usage[tokenClass])];

    /// <summary>The cost of a call: the sum of its <see cref="Breakdown"/>; unknown as soon as one class with tokens has no price.</summary>
    public CallCost CostOf(TokenUsage usage)
    {
        var total = 0m;
        for (var tokenClass = TokenClass.Input; tokenClass <= TokenClass.AudioOutput; tokenClass++)
        {
            var tokens = usage[tokenClass];
            if (tokens == 0) continue;
            if (!PerMillionTokens.TryGetValue(tokenClass, out var perMillion))
            {
                return CallCost.Unknown($"{Model} has no price for {tokenClass} tokens in {Label}.", Label);
            }

            total += tokens * perMillion / Million;
        }

        return CallCost.Known(new Usd(total), Label);
    }

    private CostPart Part(TokenClass tokenClass, long tokens) =>
        PerMillionTokens.TryGetValue(tokenClass, out var perMillion)
            ? new CostPart(tokenClass, tokens, perMillion, new Usd(tokens * perMillion / Million))
            : new CostPart(tokenClass, tokens, null, null);
}
