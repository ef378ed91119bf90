using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>Writes the rows of one partition in groups: whatever waits while a transaction is under way shares the next one.</summary>
/// <remarks>
/// A row waits at most <see cref="Linger"/>, or until <see cref="EnoughToWrite"/> rows wait and a burst has <see cref="Settle"/>d. Rows become durable in the
/// order in which they were added. A run that has a row keeps it; a second paid attempt is kept beside it under another key.
/// </remarks>
internal sealed class PartitionWriter(TableClient table, TimeProvider time)
{
    /// <summary>With the write itself well below the second that a result may be behind.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(500);

    public const int EnoughToWrite = 20;

    /// <summary>Calls that began together end together: so long the writer waits for the rest of a burst, which then shares one transaction.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(20);

    private const int MostRows = 100;
    private const int MostBytes = 2_500_000; // base64 in the request makes 3.4 MB of it; the service takes 4 MiB
    private const int MostTries = 6;

    private readonly Lock _lock = new();
    private readonly Queue<Pending> _waiting = new();
    private TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _writing, _atOnce;

    /// <summary>Adds a row; the task ends when it is durable.</summary>
    /// <param name="action">An insert of a run, or another action on the same partition.</param>
    /// <param name="bytes">Its size, roughly.</param>
    /// <param name="atOnce">True when nothing more is to come that it could share a transaction with.</param>
    public Task AddAsync(TableAction action, int bytes, bool atOnce)
    {
        var pending = new Pending(action, bytes);
        lock (_lock)
        {
            _waiting.Enqueue(pending);
            _atOnce |= atOnce;
            if (atOnce || _waiting.Count >= EnoughToWrite) _enough.TrySetResult();
            if (!_writing)
            {
                _writing = true;
                _ = WriteAllAsync();
            }
        }

        return pending.Done.Task;
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            await Task.WhenAny(_enough.Task, Task.Delay(Linger, time));
            if (MoreMayJoin()) await Task.Delay(Settle, time);
            List<Pending> group;
            lock (_lock) group = Take();
            await WriteGroupAsync(group);
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _writing = false;
                    return;
                }
            }
        }
    }

    private bool MoreMayJoin()
    {
        lock (_lock) return !_atOnce && _waiting.Count < MostRows;
    }

    private List<Pending> Take()
    {
        var (group, bytes) = (new List<Pending>(), 0);
        while (group.Count < MostRows && _waiting.TryPeek(out var next) && (group.Count == 0 || bytes + next.Bytes <= MostBytes))
        {
            if (group.Any(p => p.Action.Entity.RowKey == next.Action.Entity.RowKey)) break; // an entity at most once a transaction
            group.Add(_waiting.Dequeue());
            bytes += next.Bytes;
        }

        _atOnce &= _waiting.Count > 0;
        _enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_atOnce || _waiting.Count >= EnoughToWrite) _enough.SetResult();
        return group;
    }

    private async Task WriteGroupAsync(List<Pending> group)
    {
        try
        {
            await SubmitAsync(group);
            foreach (var pending in group) pending.Done.SetResult();
        }
        catch (Exception e) when (e is StorageException or ArgumentException or InvalidDataException)
        {
            FailAll(group, e);
        }
    }

    /// <summary>Rows become durable in their order: when a group cannot be written, nothing behind it is either.</summary>
    private void FailAll(List<Pending> group, Exception e)
    {
        lock (_lock)
        {
            group.AddRange(_waiting);
            _waiting.Clear();
        }

        foreach (var pending in group) pending.Done.TrySetException(e);
    }

    private async Task SubmitAsync(List<Pending> group)
    {
        var actions = group.ConvertAll(p => p.Action);
        for (var attempt = 1; actions.Count > 0;)
        {
            try
            {
                await table.SubmitTransactionAsync(actions, CancellationToken.None);
                return;
            }
            catch (TableTransactionException e) when (e is { ErrorCode: StorageErrorCodes.EntityAlreadyExists, FailedActionIndex: { } index })
            {
                await ResolveAsync(actions, index);
            }
            catch (StorageException e) when (attempt < MostTries && e.Status is 0 or 408 or 429 or >= 500)
            {
                await Task.Delay(TimeSpan.FromSeconds(1 << attempt++), time); // the calls are paid for: try hard to keep their records
            }
        }
    }

    /// <summary>The run has a row: by this very attempt (an answer was lost), or by another one, which stays the run's record.</summary>
    private async Task ResolveAsync(List<TableAction> actions, int index)
    {
        var entity = actions[index].Entity;
        var stored = await table.GetAsync(entity.PartitionKey, entity.RowKey, CancellationToken.None);
        if (stored is null) return;
        if (stored.GetGuid("Attempt") == entity.GetGuid("Attempt")) actions.RemoveAt(index);
        else actions[index] = new TableAction(TableActionKind.InsertOrReplace, RunRow.AsRepeat(entity));
    }

    private sealed record Pending(TableAction Action, int Bytes)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
