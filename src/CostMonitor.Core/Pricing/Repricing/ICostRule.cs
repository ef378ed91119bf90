using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>Says what a run costs now. A pure function of the record, safe to ask from several threads.</summary>
public interface ICostRule
{
    RepricedCost Of(RunRecord run);
}
