using CostMonitor.Core.Batches;
using CostMonitor.Functions.Host;
using CostMonitor.Functions.Setup;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.BatchQueue;

/// <summary>Runs the chunk that a message of <c>prompt-batches</c> names.</summary>
internal sealed class BatchQueueFunction(Composition composition)
{
    /// <summary>Well below host.json's functionTimeout, at which the host would kill this process with all that it runs.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(20);

    public async Task RunAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var trigger = await QueueTrigger.ReadAsync(request, cancellationToken);
        var message = ChunkMessage.Parse(trigger.Text);
        var app = await composition.GetAsync(cancellationToken);
        using var deadline = new CancellationTokenSource(Deadline, app.Time);
        try
        {
            var result = await app.BatchChunks.RunAsync(message.Batch, message.Chunk, deadline.Token);
            await app.Models.Cache.FlushAsync(deadline.Token); // once this invocation is answered the process may be stopped
            if (result is ClaimResult.Missing) throw new InvalidOperationException($"There is no chunk {message.Chunk} of a batch '{message.Batch}'.");
            if (result is ClaimResult.Busy busy) await LookAgainAsync(app, message, busy, cancellationToken);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            await app.Queue.SendMessageAsync(message.ToJson(), TimeSpan.Zero, cancellationToken);
        }
    }

    /// <summary>
    /// Another worker has the chunk, or had it when it died. To fail the message would bring it nearer to the poison queue, to drop it could
    /// lose the chunk: so it is looked at again when the claim ends.
    /// </summary>
    private static Task LookAgainAsync(RunningApp app, ChunkMessage message, ClaimResult.Busy busy, CancellationToken cancellationToken)
    {
        var wait = busy.Until - app.Time.GetUtcNow() + TimeSpan.FromMilliseconds(500);
        return app.Queue.SendMessageAsync(message.ToJson(), TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(wait.TotalSeconds))), cancellationToken);
    }
}
