using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Runs;

/// <summary>Makes single runs: calls the model and records the outcome.</summary>
/// <param name="client">Calls the models.</param>
/// <param name="prices">Gives the catalog in force: asked once a run, when its answer is there.</param>
/// <param name="time">The clock.</param>
public sealed class RunEngine(ICompletionClient client, Func<PriceCatalog> prices, TimeProvider time)
{
    public RunEngine(ICompletionClient client, PriceCatalog catalog, TimeProvider time)
        : this(client, () => catalog, time)
    {
    }

    /// <param name="request">What to run.</param>
    /// <param name="due">When it could first have been called, by <see cref="TimeProvider.GetTimestamp"/> of the engine's clock.</param>
    /// <returns>The record, and the charge that the caller settles once the record is durable.</returns>
    public async Task<MadeRun> RunAsync(RunRequest request, long due, CancellationToken cancellationToken)
    {
        var (started, queueWait) = (time.GetUtcNow(), time.GetElapsedTime(due));
        var outcome = await client.CompleteAsync(request.ToCompletion(), cancellationToken);
        MadeRun? made = null;
        try
        {
            made = new MadeRun(RunRecorder.Record(request, outcome, prices(), started, queueWait, Guid.NewGuid()), outcome.Charge);
            return made;
        }
        finally
        {
            if (made is null) outcome.Charge?.SettleUnknown(); // it was paid for, and nobody will know of it
        }
    }
}
