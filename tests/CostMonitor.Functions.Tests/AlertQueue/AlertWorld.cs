using CostMonitor.Core.Alerts;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Storage.Records;
using CostMonitor.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CostMonitor.Functions.Tests.AlertQueue;

/// <summary>Outbox, queue, deliverers and a sink on one clock; each process of it can be killed.</summary>
internal sealed class AlertWorld(AlertStore store)
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    public SteppedTime Time { get; } = new(Start);

    public SinkBooks Books { get; } = new();

    private NoticeQueue? _queue;

    public NoticeQueue Queue => _queue ??= new NoticeQueue(Time);

    public static async Task<AlertWorld> NewAsync(AlertStore store)
    {
        await store.Account.Table("Alerts").DeleteTableAsync(CancellationToken.None);
        var world = new AlertWorld(store);
        await world.Table(Mortality.None).CreateIfNotExistsAsync(CancellationToken.None);
        return world;
    }

    public static Alert AlertOf(string scope, string rule = "threshold-80", AlertSeverity severity = AlertSeverity.Warning) => new()
    {
        Key = new AlertKey(scope, "2026-11", rule), Severity = severity, At = Start, Title = $"{scope} has reached 80 %", Text = "Nothing is held back yet.", Facts = [new AlertFact("Spent", "$4,012.50")],
    };

    public static Alert RecoveryOf(string scope, string rule = "threshold-80") => AlertOf(scope, rule, AlertSeverity.Info) with { Title = $"{scope} is below 80 % again" };

    public AlertTable Table(Mortality life) => new(store.AccountOf(life), Queue.Sender(life), Time);

    public AlertDeliverer Deliverer(Mortality life, params IAlertSink[] sinks) =>
        new(Table(life), sinks.Length > 0 ? sinks : [Books.Seen(life)], null, Time, NullLogger<AlertDeliverer>.Instance);

    /// <summary>Hands every visible message to a deliverer that does not die.</summary>
    public async Task DrainAsync(params IAlertSink[] sinks)
    {
        var deliverer = Deliverer(Mortality.None, sinks);
        while (Queue.Take() is { } message) await deliverer.RunAsync(message.Key, CancellationToken.None);
    }

    /// <summary>A minute of the app's life: maintenance, then what it queued.</summary>
    public async Task MinuteAsync(params IAlertSink[] sinks)
    {
        Time.Advance(TimeSpan.FromMinutes(1));
        await Table(Mortality.None).RequeueAsync(1000, CancellationToken.None);
        await DrainAsync(sinks);
    }
}
