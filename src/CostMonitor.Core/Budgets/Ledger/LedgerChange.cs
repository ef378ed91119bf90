namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>One account's part of a write.</summary>
/// <param name="Account">As it is to be; its version is that of the account that was read.</param>
/// <param name="Entries">What was done to it.</param>
public sealed record LedgerChange(LedgerAccount Account, IReadOnlyList<LedgerEntry> Entries);
