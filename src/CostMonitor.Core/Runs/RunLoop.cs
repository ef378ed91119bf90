namespace CostMonitor.Core.Runs;

/// <summary>Makes a list of runs in its order and hands each record over as it comes.</summary>
/// <param name="engine">Makes the single runs.</param>
/// <param name="time">The clock that waits are counted on.</param>
/// <param name="gate">How many calls may be open at once; may be shared with other loops.</param>
public sealed class RunLoop(RunEngine engine, TimeProvider time, SemaphoreSlim gate)
{
    /// <summary>Ends when every record is durable. A call is not held up by the writing of another one's record.</summary>
    /// <param name="requests">The runs.</param>
    /// <param name="writer">Takes their records.</param>
    /// <param name="stop">Starts no further run; those under way are paid for, so they are awaited and recorded.</param>
    /// <exception cref="OperationCanceledException">Stopped before the last run was started.</exception>
    public async Task RunAsync(IEnumerable<RunRequest> requests, IRunWriter writer, CancellationToken stop)
    {
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var open = new List<Task>();
        try
        {
            foreach (var request in requests)
            {
                var due = time.GetTimestamp();
                await EnterAsync(stopped.Token);
                open.Add(RunOneAsync(request, due, writer, stopped));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open); // throws first what stopped the loop, if a record could not be written
            throw;
        }

        await Task.WhenAll(open);
    }

    private async Task EnterAsync(CancellationToken stopped)
    {
        await gate.WaitAsync(stopped);
        if (!stopped.IsCancellationRequested) return;
        gate.Release(); // a release just after the stop may still win the wait
        stopped.ThrowIfCancellationRequested();
    }

    private async Task RunOneAsync(RunRequest request, long due, IRunWriter writer, CancellationTokenSource stopped)
    {
        var recorded = false;
        try
        {
            var made = await CallAsync(request, due);
            await RecordAsync(made, writer);
            recorded = true;
        }
        finally
        {
            if (!recorded) await stopped.CancelAsync();
        }
    }

    /// <summary>The ledger hears of the cost only once the record is durable: after a crash in between the money shows as unconfirmed, never as free.</summary>
    private static async Task RecordAsync(MadeRun made, IRunWriter writer)
    {
        var recorded = false;
        try
        {
            await writer.AddAsync(made.Record, CancellationToken.None);
            recorded = true;
        }
        finally
        {
            if (recorded) made.Settle();
            else made.Charge?.SettleUnknown();
        }
    }

    private async Task<MadeRun> CallAsync(RunRequest request, long due)
    {
        try
        {
            return await engine.RunAsync(request, due, CancellationToken.None);
        }
        finally
        {
            gate.Release();
        }
    }
}
