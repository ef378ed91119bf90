using CostMonitor.Core.Batches;
using CostMonitor.Core.Input;
using CostMonitor.Core.Runs;
using CostMonitor.Functions.Host;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.BatchPoison;

/// <summary>Keeps what ends in <c>prompt-batches-poison</c> as rows, counted in the state of the batch that it names.</summary>
internal sealed class BatchPoisonFunction(Composition composition)
{
    public async Task RunAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var trigger = await QueueTrigger.ReadAsync(request, cancellationToken);
        var app = await composition.GetAsync(cancellationToken);
        var (batch, chunk) = Named(trigger.Text);
        if (batch is { } id && await app.Batches.FindAsync(id, cancellationToken) is null) batch = null;
        await app.Batches.Poisoned.AddAsync(batch, chunk, trigger.MessageId, trigger.Text, cancellationToken);
    }

    private static (BatchId? Batch, int? Chunk) Named(string text)
    {
        try
        {
            var message = ChunkMessage.Parse(text);
            return (message.Batch, message.Chunk);
        }
        catch (InputException)
        {
            return (ChunkMessage.BatchNamedBy(text), null);
        }
    }
}
