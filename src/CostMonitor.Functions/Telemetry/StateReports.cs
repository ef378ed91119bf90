using System.Collections.Concurrent;
using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.Budgets;
using CostMonitor.Storage.Queues;

namespace CostMonitor.Functions.Telemetry;

/// <summary>Tells how things stand: a reading when it has changed, and each hour in any case, so that an idle app sends next to nothing. Thread-safe.</summary>
internal sealed class StateReports(IMonitorTelemetry telemetry, TimeProvider time)
{
    /// <summary>Readings of one name in a process, such as budgets; what comes later is not sent.</summary>
    private const int MostSeries = 200;

    private const long ManyRequests = 1000;

    private static readonly TimeSpan Repeated = TimeSpan.FromHours(1), CountedUp = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<(string Name, string Series), (double Value, long At)> _last = new();
    private readonly BoundedValues _series = new(MostSeries);
    private readonly Lock _counting = new();
    private long _counted, _countedAt = long.MinValue;

    /// <summary>Of a budget for each value the account that is fullest: the values may be users.</summary>
    public void Budgets(IReadOnlyList<BudgetState> states)
    {
        foreach (var accounts in states.Where(static s => s.Span is not null).GroupBy(static s => s.Budget.Id))
        {
            var (budget, state) = accounts.Select(static s => (s.Budget, s)).MaxBy(static a => a.s.State.Percent(a.Budget));
            Read(TelemetryNames.BudgetPercent, (double)state.State.Percent(budget));
            Read(TelemetryNames.BudgetSettled, (double)state.State.Settled.Amount);
            Read(TelemetryNames.BudgetLimit, (double)budget.Limit.Amount);
            Read(TelemetryNames.BudgetHeld, (double)state.State.Held.Amount);
            if (state.Forecast is { } forecast) Read(TelemetryNames.BudgetForecast, Math.Round((double)forecast.Percent, 1)); // it moves each minute, and nobody looks at a tenth of a percent

            void Read(string name, double value) => Reading(name, value, new TelemetryValues { { "budget", budget.Id }, { "covers", EnumNames.Of(budget.Scope.Dimension) } });
        }
    }

    /// <summary>What the alert rules found out anyway.</summary>
    public void Facts(OperationalFacts facts)
    {
        if (facts.PoisonMessages is { } poisoned) Reading(TelemetryNames.PoisonMessages, poisoned, new());
        if (facts.UndeliveredAlerts is { } undelivered) Reading(TelemetryNames.UndeliveredAlerts, undelivered, new());
    }

    public void Unpriced(int calls) => Reading(TelemetryNames.UnpricedCalls, calls, new());

    public void Breakers(IReadOnlyDictionary<ModelKey, BreakerStatus> breakers)
    {
        foreach (var (deployment, status) in breakers)
        {
            var value = status.State switch { BreakerState.Closed => 0, BreakerState.HalfOpen => 1, _ => 2 };
            Reading(TelemetryNames.BreakerState, value, new TelemetryValues { { "deployment", deployment.ToString() } });
        }
    }

    /// <summary>One request more for a queue that is not empty: how old its oldest message is.</summary>
    public async Task QueueAsync(QueueClient queue, int? messages, CancellationToken cancellationToken)
    {
        if (!telemetry.IsOn) return;
        var length = messages ?? await queue.ApproximateMessagesCountAsync(cancellationToken);
        var oldest = length == 0 ? [] : await queue.PeekMessagesAsync(1, cancellationToken);
        var values = new TelemetryValues { { "queue", queue.Name } };
        Reading(TelemetryNames.QueueLength, length, values);
        Reading(TelemetryNames.QueueAge, oldest is [var first, ..] ? Math.Max(0, Math.Round((time.GetUtcNow() - first.InsertionTime).TotalSeconds)) : 0, values);
    }

    /// <param name="sent">All requests of this process to storage so far.</param>
    public void Storage(long sent)
    {
        if (!telemetry.IsOn) return;
        lock (_counting)
        {
            var isDue = _countedAt == long.MinValue || time.GetElapsedTime(_countedAt) >= CountedUp || sent - _counted >= ManyRequests;
            if (!isDue) return;
            telemetry.Metric(TelemetryNames.StorageRequests, sent - _counted, new());
            (_counted, _countedAt) = (sent, time.GetTimestamp());
        }
    }

    private void Reading(string name, double value, TelemetryValues dimensions)
    {
        if (!telemetry.IsOn) return;
        var series = string.Join('|', dimensions.Dimensions.Values);
        if (_series.Of(name, series) != series) return;
        if (_last.TryGetValue((name, series), out var last) && last.Value.Equals(value) && time.GetElapsedTime(last.At) < Repeated) return;
        _last[(name, series)] = (value, time.GetTimestamp());
        telemetry.Metric(name, value, dimensions);
    }
}
