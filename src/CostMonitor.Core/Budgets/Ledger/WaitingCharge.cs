using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>A call that waits for money.</summary>
internal sealed class WaitingCharge(CallCharge charge, Usd[] amounts, Usd[] exposures, long deadline)
{
    public CallCharge Charge { get; } = charge;

    /// <summary>What it asks of each pool of its charge.</summary>
    public Usd[] Amounts { get; } = amounts;

    public Usd[] Exposures { get; } = exposures;

    /// <summary>By the monotonic clock.</summary>
    public long Deadline { get; } = deadline;

    public TaskCompletionSource<ChargeAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
