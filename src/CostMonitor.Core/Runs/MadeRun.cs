using CostMonitor.Core.Budgets.Ledger;

namespace CostMonitor.Core.Runs;

/// <summary>A run that was made and is not recorded yet.</summary>
/// <param name="Record">What is to be kept of it.</param>
/// <param name="Charge">What it holds of its budgets: to be settled once the record is durable. Null where no budget covers it.</param>
public sealed record MadeRun(RunRecord Record, ICallCharge? Charge)
{
    /// <summary>Settles the charge with the record's cost.</summary>
    public void Settle()
    {
        if (Record.Cost.Amount is { } cost) Charge?.Settle(cost);
        else Charge?.SettleUnknown();
    }
}
