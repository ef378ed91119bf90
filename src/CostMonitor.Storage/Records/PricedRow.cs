using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>A row as it was read, and what becomes of its cost.</summary>
internal sealed record PricedRow(TableEntity Row, RunRecord Run, RepricedCost Cost)
{
    public static PricedRow Of(TableEntity row, CostChange change)
    {
        var run = RunRow.ToRecord(row);
        return new PricedRow(row, run, change.Of(run));
    }
}
