using Azure;

namespace CostMonitor.Storage.Records;

/// <summary>A budget's definition as it lies in storage.</summary>
/// <param name="Id">Of the budget.</param>
/// <param name="Json">The definition, which had no fault when it was written.</param>
/// <param name="ETag">Of this version.</param>
public sealed record StoredBudget(string Id, string Json, ETag ETag);
