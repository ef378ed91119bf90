using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;

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
        if (!CallPricing.IsPriced(run)) return RepricedCost.Unchanged(run.Cost);
        var cost = CallPricing.CostOf(run, (offer, answeredBy, tokens) => CostOf(request.As ?? offer, request.As is null ? answeredBy : null, tokens, run.Started));
        if (cost.Amount is null && request.As is null) return RepricedCost.Unchanged(run.Cost, cost.UnpricedReason);
        return cost == run.Cost ? RepricedCost.Unchanged(run.Cost) : new RepricedCost(CostVerdict.Changed, run.Cost, cost, cost.UnpricedReason);
    }

    private CallCost CostOf(Offer offer, string? answeredBy, TokenUsage tokens, DateTimeOffset started) =>
        request.Label is { } label ? catalog.CostUnder(label, offer, answeredBy, tokens, started) : catalog.CostOf(offer, answeredBy, tokens, started);
}
