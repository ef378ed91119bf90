namespace CostMonitor.Core.Runs;

/// <summary>Makes a list of runs in its order and hands each record over as it comes.</summary>
/// <param name="engine">Makes the single runs.</param>
/// <param name="time">The clock that waits are counted on.</param>
/// <param name="gate">How many calls may be open at once; may be shared with other loops.</param>
public sealed class RunLoop(RunEngine engine, TimeProvider time, SemaphoreSlim gate)
{
    /// <summary>Ends when every record is durable. A call is not held up by the writing of another one's record.</summary>
    /// <exception cref="OperationCanceledException">Stopped; what had come is durable or was never written.</exception>
    public async Task RunAsync(IEnumerable<RunRequest> requests, IRunWriter writer, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var due = time.GetTimestamp();
        var open = new List<Task>();
        try
        {
            foreach (var request in requests)
            {
                await gate.WaitAsync(stop.Token);
                open.Add(RunOneAsync(request, due, writer, stop));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A run that could not be recorded stopped the loop: its own exception is thrown below.
        }

        await Task.WhenAll(open);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task RunOneAsync(RunRequest request, long due, IRunWriter writer, CancellationTokenSource stop)
    {
        try
        {
            RunRecord record;
            try
            {
                record = await engine.RunAsync(request, due, stop.Token);
            }
            finally
            {
                gate.Release();
            }

            await writer.AddAsync(record, CancellationToken.None); // paid for: it is kept even when the loop has been stopped
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await stop.CancelAsync();
            throw;
        }
    }
}
