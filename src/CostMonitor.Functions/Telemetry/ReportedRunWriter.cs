using CostMonitor.Core.Runs;

namespace CostMonitor.Functions.Telemetry;

/// <summary>Tells of each run once its record is durable.</summary>
internal sealed class ReportedRunWriter(IRunWriter inner, Action<RunRecord> recorded) : IRunWriter
{
    public async Task AddAsync(RunRecord record, CancellationToken cancellationToken)
    {
        await inner.AddAsync(record, cancellationToken);
        recorded(record);
    }
}
