using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Runs;

/// <summary>Makes single runs: calls the model and records the outcome.</summary>
public sealed class RunEngine(ICompletionClient client, PriceCatalog catalog, TimeProvider time)
{
    /// <param name="request">What to run.</param>
    /// <param name="due">When it could first have been called, by <see cref="TimeProvider.GetTimestamp"/> of the engine's clock.</param>
    public async Task<RunRecord> RunAsync(RunRequest request, long due, CancellationToken cancellationToken)
    {
        var (started, queueWait) = (time.GetUtcNow(), time.GetElapsedTime(due));
        var outcome = await client.CompleteAsync(request.ToCompletion(), cancellationToken);
        return RunRecorder.Record(request, outcome, catalog, started, queueWait, Guid.NewGuid());
    }
}
