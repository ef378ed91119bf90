namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>An account was changed by something that is not this program. Nothing is repaired: somebody has to look, and accept it or put it right.</summary>
public sealed class LedgerDamagedException(LedgerKey key, string found)
    : Exception($"The ledger {key} was changed by hand: {found} Look at its entries, then accept it as it is (costmon budget accept '{key}') or put the row right.")
{
    public LedgerKey Key { get; } = key;

    /// <summary>What does not agree, in one sentence.</summary>
    public string Found { get; } = found;
}
