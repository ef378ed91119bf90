using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What an admitted call holds of its budgets, until whoever keeps the call's record says what it cost.</summary>
/// <remarks>Settled once: whatever is called after the first of the two ways to settle has no effect. Safe to call from any thread.</remarks>
public interface ICallCharge
{
    /// <summary>The accounts that the call is charged to; each of them is charged its whole cost.</summary>
    IReadOnlyList<LedgerKey> Ledgers { get; }

    /// <summary>The id of the process that reserved and pays.</summary>
    string Worker { get; }

    /// <summary>The call cost so much, failed attempts included.</summary>
    void Settle(Usd cost);

    /// <summary>It cannot be known what the call cost, or no record of it was kept.</summary>
    void SettleUnknown();
}
