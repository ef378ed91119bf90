using CostMonitor.Core.Alerts;
using CostMonitor.Core.Budgets.Ledger;

namespace CostMonitor.Core.Budgets;

/// <summary>What has to be said of a budget, as it follows from its account alone.</summary>
public static class BudgetAlerts
{
    /// <summary>A threshold counts as left again when this many percent of the limit below it are settled, so that a limit that is raised a little does not tell twice.</summary>
    private const decimal Hysteresis = 1;

    /// <summary>While a new version of the app takes over, the old one may not know a budget of the new one's file.</summary>
    private static readonly TimeSpan Rollout = TimeSpan.FromMinutes(15);

    /// <summary>An alert for each threshold that is reached, the lowest first. Each is to be raised once: its key says for what.</summary>
    /// <param name="budget">The budget.</param>
    /// <param name="state">Its account in the period.</param>
    /// <param name="span">The period.</param>
    /// <param name="now">When the account stood so.</param>
    public static IReadOnlyList<Alert> Of(Budget budget, LedgerState state, BudgetSpan span, DateTimeOffset now)
    {
        var percent = state.Percent(budget);
        var period = BudgetAlertKeys.Period(budget, span, now);
        return [.. budget.Thresholds.Where(t => t.Percent <= percent).Select(AlertOf)];

        Alert AlertOf(BudgetThreshold threshold) => new()
        {
            Key = BudgetAlertKeys.Of(BudgetAlertKeys.Scope(budget, state.Key.Value), period, threshold.Percent),
            Severity = SeverityOf(Effective(budget, threshold.Action)),
            At = now,
            Title = $"{NameOf(budget, state)}: {BudgetText.Number(threshold.Percent)} % of {BudgetText.Of(budget.Limit)} used",
            Text = BudgetAlertText.Of(budget, threshold, state, span),
            Facts = BudgetAlertText.Facts(budget, state, span, now),
        };
    }

    /// <summary>What to say of alerts that are over: their period has ended, or the threshold is left by a percent of the limit, as after the limit was raised.</summary>
    /// <param name="budget">The budget as it is now.</param>
    /// <param name="state">Its account in the present period.</param>
    /// <param name="span">The present period.</param>
    /// <param name="now">When the account stood so.</param>
    /// <param name="raised">Keys of alerts that are not over yet; those of other scopes and rules are passed over.</param>
    /// <returns>For each that is over an alert with its key.</returns>
    public static IReadOnlyList<Alert> Recoveries(Budget budget, LedgerState state, BudgetSpan span, DateTimeOffset now, IEnumerable<AlertKey> raised)
    {
        var (percent, scope, period) = (state.Percent(budget), BudgetAlertKeys.Scope(budget, state.Key.Value), BudgetAlertKeys.Period(budget, span, now));
        var recoveries = new List<Alert>();
        foreach (var key in raised)
        {
            if (key.Scope != scope || BudgetAlertKeys.PercentOf(key) is not { } threshold) continue;
            if (key.Period != period) recoveries.Add(Recovery(key, $"{PeriodOf(budget, key.Period)} is over"));
            else if (percent <= threshold - Hysteresis) recoveries.Add(Recovery(key, $"below {BudgetText.Number(threshold)} % of {BudgetText.Of(budget.Limit)} again"));
        }

        return recoveries;

        Alert Recovery(AlertKey key, string what) => new()
        {
            Key = key,
            Severity = AlertSeverity.Info,
            At = now,
            Title = $"{NameOf(budget, state)}: {what}",
            Text = BudgetAlertText.OfRecovery(budget, state, span),
            Facts = BudgetAlertText.Facts(budget, state, span, now),
        };
    }

    /// <summary>What to say of alerts whose account is not among the present ones any more: the budget was removed or covers something else now, or the period has ended and nothing was charged to that value since.</summary>
    /// <param name="budgets">The budgets in force, read after the alerts.</param>
    /// <param name="present">The present accounts, for which <see cref="Recoveries"/> speaks.</param>
    /// <param name="now">When they stood so.</param>
    /// <param name="raised">Alerts that are not over yet; those of other rules are passed over.</param>
    /// <returns>For each that is over an alert with its key.</returns>
    public static IReadOnlyList<Alert> LeftBehind(IReadOnlyList<Budget> budgets, IEnumerable<(Budget Budget, string Value)> present, DateTimeOffset now, IEnumerable<KeptAlert> raised)
    {
        var (scopes, recoveries) = (present.Select(static p => BudgetAlertKeys.Scope(p.Budget, p.Value)).ToHashSet(), new List<Alert>());
        foreach (var (key, at) in raised.Select(static a => (a.Key, a.Alert.At)).Where(a => BudgetAlertKeys.PercentOf(a.Key) is not null && !scopes.Contains(a.Key.Scope)))
        {
            if (budgets.FirstOrDefault(b => BudgetAlertKeys.IsOf(b, key.Scope)) is { } budget)
            {
                var period = BudgetAlertKeys.Period(budget, BudgetCalendar.SpanAt(budget, now), now);
                if (key.Period != period) recoveries.Add(Recovery(key, $"{PeriodOf(budget, key.Period)} is over", "Nothing was charged to it since. Calls go on as usual."));
            }
            else if (now - at >= Rollout)
            {
                recoveries.Add(Recovery(key, "no longer in force", "The budget was removed, or covers something else now: it neither tells nor refuses any more."));
            }
        }

        return recoveries;

        Alert Recovery(AlertKey key, string what, string text) => new()
        {
            Key = key,
            Severity = AlertSeverity.Info,
            At = now,
            Title = $"Budget {BudgetAlertKeys.NameOf(key.Scope)}: {what}",
            Text = text,
            Facts = [new AlertFact("Period", key.Period)],
        };
    }

    /// <summary>The furthest action that the account has reached; null for none. A soft budget only tells: where a hard one throttles or blocks, it warns.</summary>
    public static BudgetAction? ActionInForce(Budget budget, LedgerState state)
    {
        var percent = state.Percent(budget);
        return budget.Thresholds.Where(t => t.Percent <= percent).Select(t => (BudgetAction?)Effective(budget, t.Action)).Max();
    }

    internal static BudgetAction Effective(Budget budget, BudgetAction action) => budget.IsHard || action < BudgetAction.Warn ? action : BudgetAction.Warn;

    private static AlertSeverity SeverityOf(BudgetAction action) => action switch
    {
        BudgetAction.Notice => AlertSeverity.Info,
        BudgetAction.Warn => AlertSeverity.Warning,
        BudgetAction.Throttle => AlertSeverity.Error,
        BudgetAction.Block => AlertSeverity.Critical,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "No action of a budget."),
    };

    private static string NameOf(Budget budget, LedgerState state) => $"Budget {budget.Id} ({BudgetAlertText.ScopeOf(budget, state)})";

    private static string PeriodOf(Budget budget, string period) =>
        budget.Period == BudgetPeriod.Rolling ? $"the window that began at {period}" : period;
}
