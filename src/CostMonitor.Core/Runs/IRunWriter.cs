namespace CostMonitor.Core.Runs;

/// <summary>Keeps the records of runs as they come.</summary>
public interface IRunWriter
{
    /// <summary>Writes a record; when the task ends it is durable. A run that has a record already keeps the first one.</summary>
    Task AddAsync(RunRecord record, CancellationToken cancellationToken);
}
