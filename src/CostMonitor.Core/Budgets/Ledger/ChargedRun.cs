using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What one run that was paid for adds to the accounts of its budgets, as its record says.</summary>
/// <param name="Ledgers">The accounts; each was charged the whole cost.</param>
/// <param name="Worker">The id of the process that paid; null where the record does not say.</param>
/// <param name="Cost">As recorded, before any repricing; null where it could not be known then.</param>
/// <param name="Written">When the record was written, by the store's clock; null where that is not known, which is long ago.</param>
public sealed record ChargedRun(IReadOnlyList<LedgerKey> Ledgers, string? Worker, Usd? Cost, DateTimeOffset? Written = null);
