using Azure;
using CostMonitor.Core.Alerts;
using CostMonitor.Core.Input;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The table Alerts: one row an alert, inserted if absent, which makes it be told once. The row is also the outbox: it keeps what became of each notice.</summary>
/// <param name="account">The storage account.</param>
/// <param name="send">Puts a message into the queue of notices, for a time from now on.</param>
/// <param name="time">The clock.</param>
/// <remarks>
/// Before an alert is written, a row of the partition <c>!open</c> says that it is to be delivered, and goes only when it is: so a process that dies
/// between any two requests loses nothing, since maintenance looks through that partition. The message is only there to be quick.
/// </remarks>
public sealed class AlertTable(StorageAccount account, Func<string, TimeSpan, CancellationToken, Task> send, TimeProvider time) : IAlertOutbox
{
    /// <summary>How long a notice is left to its message before maintenance looks after it.</summary>
    public static readonly TimeSpan MessageTime = TimeSpan.FromSeconds(30);

    /// <summary>A notice of an alert that is not there after so long was left by a writer that died before it wrote the alert.</summary>
    private static readonly TimeSpan NeverWritten = TimeSpan.FromDays(1);

    private readonly TableClient _table = account.Table("Alerts");

    public Task CreateIfNotExistsAsync(CancellationToken cancellationToken) => _table.CreateIfNotExistsAsync(cancellationToken);

    public async Task<bool> RaiseAsync(Alert alert, CancellationToken cancellationToken)
    {
        var (partition, row) = AlertRows.KeysOf(alert.Key);
        if (await _table.GetAsync(partition, row, cancellationToken) is not null) return false; // what is seen again and again costs one request
        await OpenAsync(alert.Key, AlertNotice.Firing, cancellationToken);
        if (!await _table.TryInsertAsync(AlertRows.Alert(alert, Guid.NewGuid().ToString("N")), cancellationToken)) return false;
        await Task.WhenAll(
            _table.InsertOrMergeAsync(AlertRows.Listed(new KeptAlert { Alert = alert }), cancellationToken),
            SendAsync(alert.Key, AlertNotice.Firing, TimeSpan.Zero, cancellationToken));
        return true;
    }

    public async Task<bool> RecoverAsync(Alert recovery, CancellationToken cancellationToken)
    {
        var (partition, row) = AlertRows.KeysOf(recovery.Key);
        var operation = Guid.NewGuid().ToString("N");
        for (var isOpen = false; ;)
        {
            if (await _table.GetAsync(partition, row, cancellationToken) is not { } stored) return false;
            if (stored.GetString("RecoveredBy") is { } by)
            {
                if (by != operation) return false;
                break; // an attempt whose answer was lost
            }

            if (!isOpen) await OpenAsync(recovery.Key, AlertNotice.Recovered, cancellationToken);
            isOpen = true;
            try
            {
                await _table.MergeAsync(AlertRows.Recovery(recovery, operation), stored.ETag, cancellationToken);
                break;
            }
            catch (StorageException e) when (e.Status is 404 or 412)
            {
                // Somebody wrote in between, as whoever delivers it does: what is there now decides.
            }
        }

        var listed = await FindAsync(recovery.Key, cancellationToken);
        await Task.WhenAll(
            listed is null ? Task.CompletedTask : ListAsync(listed, cancellationToken),
            SendAsync(recovery.Key, AlertNotice.Recovered, TimeSpan.Zero, cancellationToken));
        return true;
    }

    public async Task<KeptAlert?> FindAsync(AlertKey key, CancellationToken cancellationToken)
    {
        var (partition, row) = AlertRows.KeysOf(key);
        return await _table.GetAsync(partition, row, cancellationToken) is { } stored ? AlertRows.ToKept(stored) : null;
    }

    /// <summary>The alerts of a scope and a rule that are not over.</summary>
    public async Task<IReadOnlyList<KeptAlert>> FiringAsync(string scope, string rule, CancellationToken cancellationToken)
    {
        var (low, _) = AlertRows.KeysOf(new AlertKey(scope, "", rule)); // ends with the bar before the period
        var (high, firing) = ($"{low[..^1]}}}", EnumNames.Of(AlertNotice.Firing)); // '}' comes next behind '|'
        var filter = TableFilter.Create($"PartitionKey ge {low} and PartitionKey lt {high} and Scope eq {scope} and Rule eq {rule} and State eq {firing}");
        var found = new List<KeptAlert>();
        await foreach (var row in _table.QueryAsync(filter, null, cancellationToken)) found.Add(AlertRows.ToKept(row));
        return found;
    }

    /// <summary>One page of alerts, the newest first.</summary>
    /// <param name="state">Only those in this state; null for any.</param>
    /// <param name="isUndelivered">True for only those with a notice that was given up.</param>
    /// <param name="top">The most alerts of the page: 1 to 1,000. A page may have fewer and still not be the last.</param>
    /// <param name="continuation">Of the page before; null for the first.</param>
    /// <param name="cancellationToken">Stops the requests.</param>
    /// <exception cref="ArgumentException">The continuation is not one that a page gave.</exception>
    public async Task<(IReadOnlyList<KeptAlert> Alerts, string? Continuation)> PageAsync(
        AlertNotice? state, bool isUndelivered, int top, string? continuation, CancellationToken cancellationToken)
    {
        var filter = TableFilter.Create($"PartitionKey eq {AlertRows.ListPartition}");
        if (state is { } wanted) filter += TableFilter.Create($" and State eq {EnumNames.Of(wanted)}");
        if (isUndelivered) filter += TableFilter.Create($" and IsUndelivered eq {true}");
        var page = await _table.QueryPageAsync(filter, ["Alert"], top, continuation, cancellationToken);
        var keys = page.Entities.Select(r => AlertKey.TryParse(r.GetString("Alert"), out var key) ? key : default).Where(k => k != default);
        var alerts = await Task.WhenAll(keys.Select(k => FindAsync(k, cancellationToken)));
        // The list is written behind the alerts: what they say themselves counts.
        return ([.. alerts.OfType<KeptAlert>().Where(a => (state is null || a.State == state) && (!isUndelivered || a.IsUndelivered))], page.Continuation);
    }

    /// <summary>Notes who has taken an alert on, and takes its given-up notices from the count of undelivered ones.</summary>
    /// <returns>The alert; null if there is none under the key.</returns>
    public async Task<KeptAlert?> AcknowledgeAsync(AlertKey key, string by, CancellationToken cancellationToken)
    {
        var (partition, row) = AlertRows.KeysOf(key);
        try
        {
            await _table.MergeAsync(new TableEntity(partition, row) { ["AcknowledgedBy"] = by, ["AcknowledgedAt"] = time.GetUtcNow() }, ETag.All, cancellationToken);
        }
        catch (StorageException e) when (e.Status == 404)
        {
            return null;
        }

        foreach (var notice in Enum.GetValues<AlertNotice>()) await CloseIfUndeliveredAsync(key, notice, cancellationToken);
        return await FindAsync(key, cancellationToken);
    }

    /// <summary>Changes what is known of an alert's deliveries, whoever else does so at the same time.</summary>
    /// <param name="key">The alert's.</param>
    /// <param name="change">Gives the alert with other deliveries, or the same; called again when somebody wrote in between.</param>
    /// <param name="cancellationToken">Stops the requests.</param>
    /// <returns>The alert as it is then; null if there is none under the key.</returns>
    public async Task<KeptAlert?> UpdateAsync(AlertKey key, Func<KeptAlert, KeptAlert> change, CancellationToken cancellationToken)
    {
        var (partition, row) = AlertRows.KeysOf(key);
        while (await _table.GetAsync(partition, row, cancellationToken) is { } stored)
        {
            var kept = AlertRows.ToKept(stored);
            var changed = change(kept);
            if (ReferenceEquals(kept, changed)) return kept;
            try
            {
                await _table.MergeAsync(AlertRows.Deliveries(changed), stored.ETag, cancellationToken);
                return changed;
            }
            catch (StorageException e) when (e.Status is 404 or 412)
            {
                // Written in between, or by an attempt of this one whose answer was lost.
            }
        }

        return null;
    }

    /// <summary>Notes when a notice is due again, and sends the message for it.</summary>
    public async Task RetryAsync(AlertKey key, AlertNotice notice, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await _table.InsertOrReplaceAsync(AlertRows.Open(key, notice, time.GetUtcNow(), at + MessageTime), cancellationToken);
        await SendAsync(key, notice, at - time.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Notes that nothing more will be done for a notice. One that was given up stays listed until somebody acknowledges the alert.</summary>
    public async Task CloseAsync(KeptAlert kept, AlertNotice notice, CancellationToken cancellationToken)
    {
        await ListAsync(kept, cancellationToken);
        if (kept.Deliveries.Any(d => d.Notice == notice && d.State == DeliveryState.Undelivered) && kept.AcknowledgedBy is null)
        {
            await _table.InsertOrReplaceAsync(AlertRows.Open(kept.Key, notice, time.GetUtcNow(), AlertRows.Never), cancellationToken);
        }
        else
        {
            await _table.DeleteAsync(AlertRows.OpenPartition, AlertRows.OpenKey(kept.Key, notice), ETag.All, cancellationToken);
        }
    }

    /// <summary>Sends messages for notices that are due and that nobody seems to look after.</summary>
    /// <param name="most">The most of them.</param>
    /// <param name="cancellationToken">Stops between and within requests.</param>
    /// <returns>How many were sent.</returns>
    public async Task<int> RequeueAsync(int most, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var sent = 0;
        var filter = TableFilter.Create($"PartitionKey eq {AlertRows.OpenPartition} and Due le {now}");
        await foreach (var row in _table.QueryAsync(filter, null, cancellationToken))
        {
            if (sent == most) break;
            if (!AlertKey.TryParse(row.GetString("Alert"), out var key) || !EnumNames.TryParse(row.GetString("Notice"), out AlertNotice notice)) continue;
            var age = now - (row.GetDateTimeOffset("Opened") ?? now);
            try
            {
                if (age > NeverWritten && await IsAbsentAsync(key, notice, cancellationToken))
                {
                    await _table.DeleteAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken);
                    continue;
                }

                await SendAsync(key, notice, TimeSpan.Zero, cancellationToken);
                sent++;
                await _table.MergeAsync(new TableEntity(row.PartitionKey, row.RowKey) { ["Due"] = now + NextLook(age) }, row.ETag, cancellationToken);
            }
            catch (StorageException e) when (e.Status is 404 or 412)
            {
                // Delivered meanwhile, or looked after by somebody else.
            }
        }

        return sent;
    }

    /// <summary>Notices that were given up and that nobody has acknowledged.</summary>
    public async Task<int> UndeliveredAsync(CancellationToken cancellationToken)
    {
        var n = 0;
        var filter = TableFilter.Create($"PartitionKey eq {AlertRows.OpenPartition} and IsUndelivered eq {true}");
        await foreach (var _ in _table.QueryAsync(filter, ["Due"], cancellationToken)) n++;
        return n;
    }

    public Task SilenceAsync(AlertSilence silence, CancellationToken cancellationToken) =>
        _table.InsertOrReplaceAsync(AlertRows.Silence(silence), cancellationToken);

    /// <summary>The silences that have not ended, the oldest first. Those that ended a day ago are removed.</summary>
    public async Task<IReadOnlyList<AlertSilence>> SilencesAsync(CancellationToken cancellationToken)
    {
        var silences = new List<AlertSilence>();
        await foreach (var row in _table.QueryAsync(TableFilter.Create($"PartitionKey eq {AlertRows.SilencePartition}"), null, cancellationToken))
        {
            var silence = AlertRows.ToSilence(row);
            if (silence.Until > time.GetUtcNow()) silences.Add(silence);
            else if (silence.Until < time.GetUtcNow().AddDays(-1)) await _table.DeleteAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
        }

        return [.. silences.OrderBy(s => s.Created)];
    }

    /// <summary>Ends a silence; false if there is none of this id.</summary>
    public Task<bool> EndSilenceAsync(string id, CancellationToken cancellationToken) =>
        _table.DeleteAsync(AlertRows.SilencePartition, id, ETag.All, cancellationToken);

    private Task OpenAsync(AlertKey key, AlertNotice notice, CancellationToken cancellationToken) =>
        _table.InsertOrReplaceAsync(AlertRows.Open(key, notice, time.GetUtcNow(), time.GetUtcNow() + MessageTime), cancellationToken);

    private Task ListAsync(KeptAlert kept, CancellationToken cancellationToken) => _table.InsertOrReplaceAsync(AlertRows.Listed(kept), cancellationToken);

    private Task SendAsync(AlertKey key, AlertNotice notice, TimeSpan wait, CancellationToken cancellationToken) =>
        send(new NoticeMessage(key, notice).ToJson(), wait, cancellationToken);

    /// <summary>The later, the longer a notice has been waiting: while nobody reads the queue, it must not fill with messages.</summary>
    private static TimeSpan NextLook(TimeSpan age) => TimeSpan.FromTicks(Math.Clamp((age / 4).Ticks, MessageTime.Ticks, TimeSpan.TicksPerHour));

    private async Task<bool> IsAbsentAsync(AlertKey key, AlertNotice notice, CancellationToken cancellationToken) =>
        await FindAsync(key, cancellationToken) is not { } kept || (notice == AlertNotice.Recovered && kept.Recovery is null);

    private async Task CloseIfUndeliveredAsync(AlertKey key, AlertNotice notice, CancellationToken cancellationToken)
    {
        if (await _table.GetAsync(AlertRows.OpenPartition, AlertRows.OpenKey(key, notice), cancellationToken) is not { } open) return;
        if (open.GetBoolean("IsUndelivered") == true) await _table.DeleteAsync(open.PartitionKey, open.RowKey, ETag.All, cancellationToken);
    }
}
