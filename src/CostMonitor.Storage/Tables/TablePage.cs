namespace CostMonitor.Storage.Tables;

/// <summary>One page of a query.</summary>
/// <param name="Entities">At most 1,000; a page may be empty and still not be the last.</param>
/// <param name="Continuation">Where the next page starts, as text that fits a URL as it is; null after the last page.</param>
public sealed record TablePage(IReadOnlyList<TableEntity> Entities, string? Continuation);
