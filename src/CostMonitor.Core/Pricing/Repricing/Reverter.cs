using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>Gives runs the cost back that they had before a change, if that change is their last one.</summary>
public sealed class Reverter(PriceChangeId id) : ICostRule
{
    public RepricedCost Of(RunRecord run)
    {
        if (run.PriceChanges is [.., var last] && last.Id == id) return new RepricedCost(CostVerdict.Changed, run.Cost, last.Before);
        return run.PriceChanges.Any(c => c.Id == id)
            ? new RepricedCost(CostVerdict.ChangedSince, run.Cost, run.Cost)
            : RepricedCost.Outside(run.Cost);
    }
}
