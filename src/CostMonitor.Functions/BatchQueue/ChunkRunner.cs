using CostMonitor.Core.Calling;
using CostMonitor.Core.Runs;
using CostMonitor.Functions.Telemetry;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.BatchQueue;

/// <summary>Runs one chunk: claims it, runs what has no record, keeps the claim while it runs.</summary>
internal sealed partial class ChunkRunner(
    BatchTable batches, RunTable runs, RunLoop loop, TimeSpan lease, Action<RunRecord, CallLane> recorded, TimeProvider time, ILogger<ChunkRunner> logger)
{
    /// <summary>Names this process in claims; a restarted one is another worker.</summary>
    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    /// <param name="batch">The batch.</param>
    /// <param name="chunk">The chunk's index.</param>
    /// <param name="deadline">Starts no further run; those under way are finished.</param>
    /// <returns>Granted when the chunk is done, else why it was not run.</returns>
    /// <exception cref="OperationCanceledException">The deadline came first; the claim is free again.</exception>
    public async Task<ClaimResult> RunAsync(BatchId batch, int chunk, CancellationToken deadline)
    {
        var result = await batches.Claims.ClaimAsync(batch, chunk, _owner, lease, deadline);
        if (result is not ClaimResult.Granted { Claim: var claim }) return result;
        var writer = await runs.OpenAsync(claim, deadline);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        using var done = new CancellationTokenSource();
        var renewal = RenewAsync(claim, stop, done.Token);
        var finished = false;
        try
        {
            await loop.RunAsync(writer.Missing, new ReportedRunWriter(writer, run => recorded(run, claim.Batch.Plan.Lane)), stop.Token);
            finished = true;
        }
        finally
        {
            await done.CancelAsync();
            await renewal;
            if (!finished) await batches.Claims.ReleaseAsync(claim, CancellationToken.None);
        }

        Log.ChunkDone(logger, batch, chunk, writer.Missing.Count, claim.Takeovers);
        return result;
    }

    private async Task RenewAsync(ChunkClaim claim, CancellationTokenSource stop, CancellationToken done)
    {
        try
        {
            while (true)
            {
                await Task.Delay(lease / 3, time, done);
                if (await batches.Claims.RenewAsync(claim, lease, done)) continue;
                Log.ClaimLost(logger, claim.Batch.Id, claim.Chunk.Index);
                await stop.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The chunk ended.
        }
        catch (Storage.StorageException e)
        {
            // Not renewed, the claim runs out and another worker takes over; what this one still writes is kept once.
            Log.RenewalFailed(logger, claim.Batch.Id, claim.Chunk.Index, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Information, "Chunk {Chunk} of {Batch} is done: {Runs} runs, {Takeovers} takeovers.")]
        public static partial void ChunkDone(ILogger logger, BatchId batch, int chunk, int runs, int takeovers);

        [LoggerMessage(202, LogLevel.Warning, "Chunk {Chunk} of {Batch} was taken over by another worker; stopping here.")]
        public static partial void ClaimLost(ILogger logger, BatchId batch, int chunk);

        [LoggerMessage(203, LogLevel.Warning, "The claim of chunk {Chunk} of {Batch} was not renewed: {Reason}")]
        public static partial void RenewalFailed(ILogger logger, BatchId batch, int chunk, string reason);
    }
}
