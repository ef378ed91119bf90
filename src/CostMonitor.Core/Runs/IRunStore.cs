namespace CostMonitor.Core.Runs;

/// <summary>Keeps the records of runs.</summary>
public interface IRunStore
{
    /// <summary>Writes a record; when the task ends it is durable. A run that has a record keeps the first one.</summary>
    Task AddAsync(RunRecord record, CancellationToken cancellationToken);

    /// <summary>The runs that started from <paramref name="from"/> on and before <paramref name="to"/>, in no particular order.</summary>
    IAsyncEnumerable<RunRecord> QueryAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>The runs of one batch, in no particular order.</summary>
    IAsyncEnumerable<RunRecord> QueryAsync(BatchId batch, CancellationToken cancellationToken);
}
