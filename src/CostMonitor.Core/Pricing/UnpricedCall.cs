using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Pricing;

/// <summary>A call whose cost is unknown.</summary>
/// <param name="Model">The model that was called.</param>
/// <param name="Tokens">All tokens that it used; null when that is not known either.</param>
/// <param name="Reason">Why it has no cost.</param>
public readonly record struct UnpricedCall(ModelKey Model, long? Tokens, string Reason)
{
    /// <summary>Null when the run has a cost.</summary>
    public static UnpricedCall? Of(RunRecord run) =>
        run.Cost.UnpricedReason is { } reason ? new UnpricedCall(run.Model, run.Usage?.Tokens.Total, reason) : null;
}
