using System.Globalization;
using CostMonitor.Core.Alerts;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets;

/// <summary>The words of a budget's alerts: what happens now, and what to do.</summary>
internal static class BudgetAlertText
{
    private const string ToRaise = "To let more through, raise the limit: costmon budget set.";

    /// <summary><c>all</c>, <c>team:search</c>; with a budget for each value that value's.</summary>
    public static string ScopeOf(Budget budget, LedgerState state) =>
        (budget.Scope.IsEach ? budget.Scope with { Value = state.Key.Value } : budget.Scope).ToString();

    public static string Of(Budget budget, BudgetThreshold threshold, LedgerState state, BudgetSpan span) => BudgetAlerts.Effective(budget, threshold.Action) switch
    {
        BudgetAction.Throttle => $"{Throttled(budget)} So it stays until {Until(budget, span)}.{Next(budget, threshold)} {ToRaise}",
        BudgetAction.Block => $"{Refused(budget, state)}New paid calls are refused and cached answers are served until {Until(budget, span)}. {ToRaise}",
        _ => $"Calls go on as before{(budget.IsHard ? "" : "; this budget only tells")}.{Next(budget, threshold)}",
    };

    public static string OfRecovery(Budget budget, LedgerState state, BudgetSpan span)
    {
        var used = $"In {PeriodOf(budget, span)}, {BudgetText.Percent(state.Percent(budget))} of {BudgetText.Of(budget.Limit)} are used.";
        return BudgetAlerts.ActionInForce(budget, state) switch
        {
            BudgetAction.Throttle => $"{used} {Throttled(budget)}",
            BudgetAction.Block => $"{used} New paid calls are still refused and cached answers are served until {Until(budget, span)}.",
            _ => $"{used} Calls go on as usual.",
        };
    }

    public static IReadOnlyList<AlertFact> Facts(Budget budget, LedgerState state, BudgetSpan span, DateTimeOffset now)
    {
        var facts = new List<AlertFact>
        {
            new("Scope", ScopeOf(budget, state)),
            new("Period", PeriodOf(budget, span)),
            new("Spent", BudgetText.Of(state.Settled, state.Unpriced)),
            new("Limit", BudgetText.Of(budget.Limit)),
            new("Percent", BudgetText.Percent(state.Percent(budget))),
            new("Held", BudgetText.Of(state.Held)),
        };
        if (state.Unconfirmed > Usd.Zero) facts.Add(new AlertFact("Unconfirmed", BudgetText.Of(state.Unconfirmed)));
        if (BudgetForecast.Of(budget, span, now, state.Settled) is { } forecast) facts.Add(new AlertFact("Forecast", Forecast(budget, forecast, now)));
        return facts;
    }

    private static string Forecast(Budget budget, BudgetForecast forecast, DateTimeOffset now)
    {
        var reached = forecast.LimitReachedAt switch
        {
            null => "",
            { } at when at <= now => "; the limit is reached",
            { } at => $"; the limit is reached at {BudgetText.Time(at, budget.Zone)}",
        };
        return $"{BudgetText.Of(forecast.AtEnd)} at the end, {BudgetText.Percent(forecast.Percent)}{reached}";
    }

    private static string PeriodOf(Budget budget, BudgetSpan span) => budget.Period == BudgetPeriod.Rolling ? $"the last {BudgetWindow.Of(budget.Window)}" : span.Key;

    private static string Until(Budget budget, BudgetSpan span) => budget.Period == BudgetPeriod.Rolling
        ? $"enough of what was spent is more than {BudgetWindow.Of(budget.Window)} ago"
        : BudgetText.Time(span.End, budget.Zone);

    /// <summary>A hard budget may have to refuse a little before its limit: the next call could cost more than what is left.</summary>
    private static string Refused(Budget budget, LedgerState state) => state.ExhaustedAt is { } at && state.Settled < budget.Limit
        ? $"What is left did not pay for a call at {BudgetText.Time(at, budget.Zone)}. "
        : "";

    /// <summary>Which levers are pulled, each as a sentence's part.</summary>
    private static string Throttled(Budget budget)
    {
        var (throttling, parts) = (budget.Throttling, new List<string>());
        if (throttling.Share < 1) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{100 * throttling.Share:0.##} % are let through"));
        parts.AddRange(throttling.Cheaper.OrderBy(static c => c.Key).Select(static c => $"{c.Value} answers instead of {c.Key}"));
        if (throttling.MaxOutputTokens is { } most) parts.Add(string.Create(CultureInfo.InvariantCulture, $"an answer has at most {most} tokens"));
        if (throttling.CacheTtlFactor > 1) parts.Add(string.Create(CultureInfo.InvariantCulture, $"cached answers are used {throttling.CacheTtlFactor:0.##} times as long"));
        return parts.Count == 0
            ? "Calls are to be throttled, but no lever is set, so that they go on as before."
            : $"Normal and background calls are throttled: {string.Join(", ", parts)}. Critical calls go on as before.";
    }

    private static string Next(Budget budget, BudgetThreshold threshold)
    {
        if (!budget.IsHard) return "";
        var next = budget.Thresholds.Where(t => t.Percent > threshold.Percent && t.Action > threshold.Action && t.Action >= BudgetAction.Throttle)
            .Select(static t => $"at {BudgetText.Number(t.Percent)} % {(t.Action == BudgetAction.Block ? "new paid calls are refused" : "calls are throttled")}");
        return string.Join(", ", next) is { Length: > 0 } steps ? $" Next: {steps}." : "";
    }
}
