using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Storage.Records;
using NCrontab;

namespace CostMonitor.Functions.MaintenanceTimer;

/// <summary>Looks at the app's own state for the rules that ask about it.</summary>
/// <param name="batches">The batches, with the canary's slots among them.</param>
/// <param name="breakers">The last known state of every deployment.</param>
/// <param name="schedule">The canary's.</param>
/// <param name="plan">Gives the canary's plan.</param>
/// <param name="isConfigured">Whether a deployment can be called here: one that was taken out stays in the table as it was left.</param>
/// <param name="time">The clock.</param>
internal sealed class OperationsLook(
    BatchTable batches, BreakerTable breakers, CrontabSchedule schedule, Func<RunPlan> plan, Func<ModelKey, bool> isConfigured, TimeProvider time)
{
    private static readonly TimeSpan Span = TimeSpan.FromHours(24);

    /// <summary>A slot's batch is stored when its timer fires; a host that is just starting takes its time.</summary>
    private static readonly TimeSpan SlotPatience = TimeSpan.FromMinutes(5);

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private (string Plan, DateTimeOffset Slot)? _firstSlot;

    /// <summary>Counts the alerts that could not be delivered; null while nobody knows.</summary>
    public Func<CancellationToken, Task<int>>? UndeliveredAlerts { get; init; }

    /// <summary>Counts the budgets that are forecast to be exceeded; null while nobody knows.</summary>
    public Func<CancellationToken, Task<int>>? BudgetsForecastToExceed { get; init; }

    /// <summary>Gives the calls without a price that maintenance found last; null while nobody knows.</summary>
    public Func<UnpricedWatch?>? Unpriced { get; init; }

    /// <summary>Hears what was found out for the rules that are due.</summary>
    public Action<OperationalFacts>? Seen { get; init; }

    /// <summary>The facts with the one that a metric asks for added.</summary>
    public async Task<OperationalFacts> AddAsync(OperationalFacts facts, RuleMetric metric, CancellationToken cancellationToken) => metric switch
    {
        RuleMetric.OpenBreakers => facts with { OpenBreakers = await OpenBreakersAsync(cancellationToken) },
        RuleMetric.UnpricedCalls => facts with { Unpriced = Unpriced?.Invoke() },
        RuleMetric.MissedCanarySlots => facts with { MissedCanarySlots = await MissedSlotsAsync(cancellationToken) },
        RuleMetric.UndeliveredAlerts => facts with { UndeliveredAlerts = UndeliveredAlerts is { } undelivered ? await undelivered(cancellationToken) : null },
        RuleMetric.PoisonMessages => facts with { PoisonMessages = await batches.Poisoned.SinceAsync(time.GetUtcNow() - Span, cancellationToken) },
        RuleMetric.BudgetsForecastToExceed => facts with { BudgetsForecastToExceed = BudgetsForecastToExceed is { } forecast ? await forecast(cancellationToken) : null },
        _ => facts,
    };

    private async Task<IReadOnlyList<ModelKey>> OpenBreakersAsync(CancellationToken cancellationToken) =>
        [.. (await breakers.ReadAsync(cancellationToken)).Where(b => b.Value.State != BreakerState.Closed && isConfigured(b.Key)).Select(b => b.Key)];

    /// <summary>Slots of the last day that no batch is stored for, from the plan's first one on: before it the app may not have been there.</summary>
    private async Task<IReadOnlyList<DateTimeOffset>> MissedSlotsAsync(CancellationToken cancellationToken)
    {
        var (name, now) = (plan().Name, time.GetUtcNow());
        if (await FirstSlotAsync(name, now, cancellationToken) is not { } first) return [];
        var from = now - Span > first ? now - Span : first;
        var stored = new HashSet<DateTimeOffset>();
        await foreach (var slot in batches.CanarySlotsAsync(name, from, now, cancellationToken)) stored.Add(slot);
        return [.. schedule.GetNextOccurrences(from.UtcDateTime, (now - SlotPatience).UtcDateTime).Select(s => new DateTimeOffset(s, TimeSpan.Zero)).Where(s => !stored.Contains(s))];
    }

    private async Task<DateTimeOffset?> FirstSlotAsync(string name, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_firstSlot is { } known && known.Plan == name) return known.Slot;
        await foreach (var slot in batches.CanarySlotsAsync(name, Earliest, now, cancellationToken))
        {
            _firstSlot = (name, slot);
            return slot;
        }

        return null;
    }
}
