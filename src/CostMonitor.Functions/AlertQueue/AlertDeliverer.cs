using CostMonitor.Core.Alerts;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.AlertQueue;

/// <summary>Sends the notices of an alert to every sink that has not had them: takes them in hand, sends, notes what came of it.</summary>
/// <remarks>
/// A worker that dies after a sink has taken a notice and before that is noted leaves it "sending"; when its lease is over the notice is sent again. So a
/// sink may get one twice, always with the same <see cref="SinkNotice.Id"/>: no sender can do better, and a receiver that keeps ids hears of each once.
/// </remarks>
internal sealed partial class AlertDeliverer(
    AlertTable alerts, IReadOnlyList<IAlertSink> sinks, Uri? dashboard, TimeProvider time, ILogger<AlertDeliverer> logger)
{
    /// <summary>After this long a worker that had a notice in hand counts as dead. Well above what a sink may take.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>What one attempt may take, whatever a sink does.</summary>
    public static readonly TimeSpan LongestAttempt = TimeSpan.FromSeconds(20);

    /// <summary>Does what is due now. Does nothing for an alert that is in another worker's hands, or not due yet: whoever made it so has seen to its message.</summary>
    public async Task RunAsync(AlertKey key, CancellationToken cancellationToken)
    {
        var attempted = new HashSet<AlertNotice>();
        while (true)
        {
            var (kept, mine, isChanged) = await TakeAsync(key, cancellationToken);
            if (kept is null) return;
            foreach (var attempt in mine) attempted.Add(attempt.Notice);
            await Task.WhenAll(mine.Select(attempt => SendAsync(kept, attempt, cancellationToken)));
            if (isChanged) continue; // a recovery may have become due by it
            await ConcludeAsync(kept, attempted, cancellationToken);
            return;
        }
    }

    private async Task<(KeptAlert? Kept, IReadOnlyList<AlertDelivery> Mine, bool IsChanged)> TakeAsync(AlertKey key, CancellationToken cancellationToken)
    {
        var me = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
        IReadOnlyList<AlertSilence>? silences = null;
        if (await alerts.FindAsync(key, cancellationToken) is not { } seen) return (null, [], false);
        if (DeliveryPlan.Due(seen, sinks, time.GetUtcNow()).Count == 0) return (seen, [], false);
        silences = await alerts.SilencesAsync(cancellationToken);
        var isChanged = false;
        var kept = await alerts.UpdateAsync(key, Begin, cancellationToken);
        return (kept, [.. (kept?.Deliveries ?? []).Where(d => d.State == DeliveryState.Sending && d.By == me)], isChanged);

        KeptAlert Begin(KeptAlert stored)
        {
            var now = time.GetUtcNow();
            var silence = silences.FirstOrDefault(s => s.Covers(key, now));
            var due = DeliveryPlan.Due(stored, sinks, now);
            isChanged |= due.Count > 0;
            return due.Aggregate(stored, (alert, d) => DeliveryPlan.Begin(alert, d.Notice, d.Sink.Name, me, now, Lease, silence));
        }
    }

    private async Task SendAsync(KeptAlert kept, AlertDelivery attempt, CancellationToken cancellationToken)
    {
        var sink = sinks.First(s => s.Name == attempt.Sink);
        var answer = await AnswerAsync(sink, SinkNotice.Of(kept, attempt.Notice, dashboard), cancellationToken);
        var after = await alerts.UpdateAsync(kept.Key, stored => DeliveryPlan.End(stored, attempt, answer, time.GetUtcNow()), cancellationToken);
        if (answer.Failure is null) Log.Delivered(logger, kept.Key, attempt.Notice, attempt.Sink, attempt.Attempts);
        else if (after?.Delivery(attempt.Notice, attempt.Sink) is { State: DeliveryState.Undelivered }) Log.GivenUp(logger, kept.Key, attempt.Notice, attempt.Sink, attempt.Attempts, answer.Failure);
        else Log.Failed(logger, kept.Key, attempt.Notice, attempt.Sink, attempt.Attempts, answer.Failure);
    }

    /// <summary>What a sink answers, or that it did not in time.</summary>
    public async Task<SinkAnswer> AnswerAsync(IAlertSink sink, SinkNotice notice, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestAttempt, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await sink.SendAsync(notice, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new SinkAnswer($"No answer within {LongestAttempt.TotalSeconds:0} s.");
        }
    }

    /// <summary>Closes what is settled, and sends a message for what failed here.</summary>
    private async Task ConcludeAsync(KeptAlert kept, HashSet<AlertNotice> attempted, CancellationToken cancellationToken)
    {
        foreach (var notice in Enum.GetValues<AlertNotice>())
        {
            if (notice == AlertNotice.Recovered && kept.Recovery is null) continue;
            if (DeliveryPlan.NextDue(kept, notice, sinks) is not { } next) await alerts.CloseAsync(kept, notice, cancellationToken);
            else if (attempted.Contains(notice)) await alerts.RetryAsync(kept.Key, notice, next, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(931, LogLevel.Information, "Alert {Alert} ({Notice}) was delivered to {Sink} at attempt {Attempt}.")]
        public static partial void Delivered(ILogger logger, AlertKey alert, AlertNotice notice, string sink, int attempt);

        [LoggerMessage(932, LogLevel.Warning, "Alert {Alert} ({Notice}) was not taken by {Sink} at attempt {Attempt}, and will be tried again: {Reason}")]
        public static partial void Failed(ILogger logger, AlertKey alert, AlertNotice notice, string sink, int attempt, string reason);

        [LoggerMessage(933, LogLevel.Error, "Alert {Alert} ({Notice}) was not taken by {Sink} in {Attempts} attempts, and is given up: {Reason}")]
        public static partial void GivenUp(ILogger logger, AlertKey alert, AlertNotice notice, string sink, int attempts, string reason);
    }
}
