using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>A rule at work over stored runs: as a preview, or as a change that is written into the records. Safe to use from several threads.</summary>
/// <param name="Rule">Says what a run costs now.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Head">The change; null for a preview, which writes nothing.</param>
public sealed record CostChange(ICostRule Rule, RepricingRequest Request, PriceChangeHead? Head)
{
    /// <summary>What becomes of a run. One that this change has reached before gives what it gave then, so that a resumed change reports as a whole one does.</summary>
    public RepricedCost Of(RunRecord run)
    {
        for (var i = 0; Head is not null && i < run.PriceChanges.Count; i++)
        {
            if (run.PriceChanges[i].Id != Head.Id) continue;
            var after = i + 1 < run.PriceChanges.Count ? run.PriceChanges[i + 1].Before : run.Cost;
            return new RepricedCost(CostVerdict.ChangedAlready, run.PriceChanges[i].Before, after);
        }

        return Rule.Of(run);
    }

    /// <summary>The record with its new cost and the old one in its history.</summary>
    /// <exception cref="InvalidOperationException">This is a preview.</exception>
    public RunRecord Applied(RunRecord run, CallCost cost)
    {
        var head = Head ?? throw new InvalidOperationException("A preview changes nothing.");
        return run with { Cost = cost, PriceChanges = [.. run.PriceChanges, new PriceChange(head.Id, head.At, head.Request.Kind, run.Cost, head.By)] };
    }
}
