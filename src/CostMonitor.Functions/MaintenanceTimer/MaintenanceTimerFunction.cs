using CostMonitor.Core.Batches;
using CostMonitor.Core.Runs;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Functions.CanaryTimer;
using CostMonitor.Functions.Host;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.MaintenanceTimer;

/// <summary>Each minute: closes batches that are done, brings back chunks whose messages were lost, finishes canary slots whose worker died, looks for
/// calls without a price, keeps the ledger, evaluates the alert rules, brings back alerts that were not delivered, removes cached answers whose time is over, says how the queues stand.</summary>
internal sealed partial class MaintenanceTimerFunction(Composition composition, ILogger<MaintenanceTimerFunction> logger)
{
    /// <summary>A batch younger than this may still be on its way into the queue.</summary>
    private static readonly TimeSpan SubmissionTime = TimeSpan.FromMinutes(2);

    /// <summary>A batch that is listed but not stored after this long was lost by its sender, who got no answer for it.</summary>
    private static readonly TimeSpan NeverStored = TimeSpan.FromDays(1);

    /// <summary>How far back it looks for calls without a price.</summary>
    private static readonly TimeSpan UnpricedSpan = TimeSpan.FromHours(1);

    /// <summary>Answers removed a minute: what the store does in a few seconds, and more than are written.</summary>
    private const int MostExpired = 5000;

    public async Task RunAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var app = await composition.GetAsync(cancellationToken);
        await TimerTrigger.ReadAsync(request, app.Time, cancellationToken);
        var open = await app.Batches.OpenAsync(cancellationToken);
        // The queue counts messages that are being worked on too: with none at all, chunks that are not done have lost theirs.
        // Counted once, since the first batch's own messages must not hide that a second one has lost its.
        var queued = await app.Queue.ApproximateMessagesCountAsync(cancellationToken);
        foreach (var (id, submitted) in open) await LookAfterAsync(app, id, submitted, queued == 0, cancellationToken);
        await LookForUnpricedAsync(app, cancellationToken);
        await app.LedgerWatch.MaintainAsync(cancellationToken);
        await app.Rules.EvaluateAsync(cancellationToken);
        await app.Answers.ExpireAsync(MostExpired, cancellationToken);
        var breakers = app.Models.Breakers();
        await app.Alerts.MaintainAsync(breakers.ContainsKey, cancellationToken);
        app.States.Breakers(breakers);
        await app.States.QueueAsync(app.Queue, queued, cancellationToken);
        await app.States.QueueAsync(app.Account.Queue(AppAlerts.QueueName), null, cancellationToken);
    }

    /// <summary>One request a model and minute. A look that finds what the one before found is not logged again.</summary>
    private async Task LookForUnpricedAsync(RunningApp app, CancellationToken cancellationToken)
    {
        var now = app.Time.GetUtcNow();
        var found = await app.Runs.UnpricedAsync(await app.Batches.ModelsAsync(cancellationToken), now - UnpricedSpan, now, cancellationToken);
        app.States.Unpriced(found.Calls);
        if (app.Unpriced.Replace(found) && found.IsAlert) Log.CallsUnpriced(logger, found.Calls, found.WithUsage, found.Tokens, string.Join(", ", found.Models.Select(m => $"{m.Model} ({m.Calls})")));
    }

    private async Task LookAfterAsync(RunningApp app, BatchId id, DateTimeOffset submitted, bool isQueueEmpty, CancellationToken cancellationToken)
    {
        var age = app.Time.GetUtcNow() - submitted;
        var batch = await app.Batches.FindAsync(id, cancellationToken);
        var progress = await app.Batches.ProgressAsync(id, cancellationToken);
        var isNeverComing = batch is null && age > NeverStored;
        if (isNeverComing || progress is { State: BatchState.Done or BatchState.Incomplete })
        {
            await app.Batches.CloseAsync(id, cancellationToken);
        }
        else if (batch is { Kind: BatchKind.Canary })
        {
            await CanaryTimerFunction.FinishAsync(app, id);
        }
        else if (batch is not null && age > SubmissionTime && (isQueueEmpty || IsLongDue(age)))
        {
            await BringBackAsync(app, batch, cancellationToken);
        }
    }

    /// <summary>A queue that is never empty must not hide a lost message for ever: once an hour all is queued again, since a second message does no harm.</summary>
    private static bool IsLongDue(TimeSpan age) => age.TotalHours >= 1 && age.Minutes == 0;

    private async Task BringBackAsync(RunningApp app, PromptBatch batch, CancellationToken cancellationToken)
    {
        foreach (var chunk in await app.Batches.Claims.AbandonedChunksAsync(batch, cancellationToken))
        {
            await app.Queue.SendMessageAsync(new ChunkMessage(batch.Id, chunk).ToJson(), TimeSpan.Zero, cancellationToken);
            Log.ChunkBroughtBack(logger, batch.Id.ToString(), chunk);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(301, LogLevel.Warning, "Chunk {Chunk} of {Batch} had no message and no worker; it is queued again.")]
        public static partial void ChunkBroughtBack(ILogger logger, string batch, int chunk);

        [LoggerMessage(302, LogLevel.Warning, "{Calls} calls of the last hour have no price, {WithUsage} of them with {Tokens} tokens: {Models}.")]
        public static partial void CallsUnpriced(ILogger logger, int calls, int withUsage, long tokens, string models);
    }
}
