using Azure;

namespace CostMonitor.Storage.Records;

/// <summary>All stored definitions as they were at one moment.</summary>
/// <param name="Budgets">By their ids.</param>
/// <param name="Version">Of the whole set, which each change of it changes; default while nothing was ever stored.</param>
public sealed record StoredBudgets(IReadOnlyList<StoredBudget> Budgets, ETag Version);
