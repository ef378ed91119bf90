using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>Prices recorded runs by a catalog of today.</summary>
/// <remarks>
/// A cost that no price decides stays: of a call that was not made, not billed, or whose usage is not believed. A known cost is never replaced by an
/// unknown one, except where the question is what another offer would have cost.
/// </remarks>
public sealed class Repricer(PriceCatalog catalog, RepricingRequest request) : ICostRule
{
    public RepricedCost Of(RunRecord run)
    {
        if (!request.Covers(run)) return RepricedCost.Outside(run.Cost);
        if (request.Kind == PriceChangeKind.Fill && run.Cost.Amount is not null) return RepricedCost.Unchanged(run.Cost);
        if (CallPricing.TokensToPrice(run.Failure, run.Usage, run.Text.Characters, out _) is not { } tokens) return RepricedCost.Unchanged(run.Cost);
        var offer = request.As ?? run.Offer;
        var answeredBy = request.As is null ? run.AnsweredBy : null;
        var cost = request.Label is { } label
            ? catalog.CostUnder(label, offer, answeredBy, tokens, run.Started)
            : catalog.CostOf(offer, answeredBy, tokens, run.Started);
        if (cost.Amount is null && request.As is null) return RepricedCost.Unchanged(run.Cost, cost.UnpricedReason);
        return cost == run.Cost ? RepricedCost.Unchanged(run.Cost) : new RepricedCost(CostVerdict.Changed, run.Cost, cost, cost.UnpricedReason);
    }
}
