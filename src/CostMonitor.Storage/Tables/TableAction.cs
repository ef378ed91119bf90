using Azure;

namespace CostMonitor.Storage.Tables;

/// <summary>One action of a transaction.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Entity">The entity; of one to delete only the keys are used.</param>
/// <param name="IfMatch">
/// Required for Replace, Merge and Delete: the ETag read before, or <see cref="ETag.All"/> for any. Absent for the others.
/// </param>
public sealed record TableAction(TableActionKind Kind, TableEntity Entity, ETag IfMatch = default);
