using CostMonitor.Core.Batches;
using CostMonitor.Core.Runs;
using CostMonitor.Functions.Host;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.CanaryTimer;

/// <summary>Runs the canary plan of a slot. Its run ids follow from the slot: a second or late firing repeats nothing.</summary>
internal sealed class CanaryTimerFunction(Composition composition)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(20);

    public async Task RunAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var app = await composition.GetAsync(cancellationToken);
        var trigger = await TimerTrigger.ReadAsync(request, app.Time, cancellationToken);
        var slot = CanarySlot.Of(app.Settings.CanarySchedule, trigger.Fired)
            ?? throw new InvalidOperationException($"The schedule '{app.Settings.CanarySchedule}' has no slot in the year before {trigger.Fired:O}.");
        var plan = app.CanaryPlan();
        var batch = new PromptBatch { Id = BatchId.ForSlot(plan.Name, slot), Kind = BatchKind.Canary, Submitted = slot, Plan = plan };
        if (await app.Batches.FindAsync(batch.Id, cancellationToken) is null) await app.Batches.AddAsync(batch, cancellationToken);
        await FinishAsync(app, batch.Id);
    }

    /// <summary>Runs what is missing of a slot. One that another worker is running is left to it; maintenance looks after it.</summary>
    public static async Task FinishAsync(RunningApp app, BatchId slot)
    {
        using var deadline = new CancellationTokenSource(Deadline, app.Time);
        if (await app.Batches.FindAsync(slot, deadline.Token) is { } batch) await app.WarmAsync(batch.Plan.Models, deadline.Token);
        try
        {
            await app.CanaryChunks.RunAsync(slot, 0, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // Maintenance goes on with it in its next minute.
        }
    }
}
