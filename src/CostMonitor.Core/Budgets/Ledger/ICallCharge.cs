using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What was reserved for one call. Exactly one of the two ways to settle it takes effect, the first that is used.</summary>
public interface ICallCharge
{
    /// <summary>The accounts that the call is charged to; empty for none.</summary>
    IReadOnlyList<LedgerKey> Ledgers { get; }

    /// <summary>The process that pays.</summary>
    string Worker { get; }

    /// <summary>Books what the call cost and gives back the rest of what was reserved. 0 for a call that nobody billed.</summary>
    void Settle(Usd cost);

    /// <summary>For a call whose cost cannot be known: what was reserved for it shows as unconfirmed.</summary>
    void SettleUnknown();
}
