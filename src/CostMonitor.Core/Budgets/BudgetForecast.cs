using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets;

/// <summary>Where a period's spend is going, if it goes on as it did so far.</summary>
/// <param name="AtEnd">What will be spent when the period ends.</param>
/// <param name="LimitReachedAt">When the limit will be reached, UTC: now if it is already; null when the period ends before.</param>
/// <param name="Percent"><paramref name="AtEnd"/> in percent of the limit; 100 for a limit of 0.</param>
/// <remarks>
/// The run rate alone: <c>at end = settled / (elapsed / whole)</c>, and the limit is reached at <c>start + elapsed * limit / settled</c>. It knows no weekends, no
/// growth and no plans; money held and calls without a price do not count. The earlier in the period, the more one unusual hour weighs.
/// </remarks>
public sealed record BudgetForecast(Usd AtEnd, DateTimeOffset? LimitReachedAt, decimal Percent)
{
    /// <summary>Before this share of the period has gone, nothing is said: in a month that is a day and a half.</summary>
    private const decimal LeastShare = 0.05m;

    /// <param name="budget">Its limit and period.</param>
    /// <param name="span">The period; <paramref name="now"/> outside of it counts as its nearer end.</param>
    /// <param name="now">When <paramref name="settled"/> was spent so far.</param>
    /// <param name="settled">What the period has cost so far.</param>
    /// <returns>Null before 5 % of the period has gone, and always for a rolling budget, whose window has no end.</returns>
    public static BudgetForecast? Of(Budget budget, BudgetSpan span, DateTimeOffset now, Usd settled)
    {
        if (budget.Period == BudgetPeriod.Rolling) return null;
        var elapsed = (now < span.End ? now : span.End) - span.Start;
        var share = (decimal)elapsed.Ticks / (span.End - span.Start).Ticks;
        if (share < LeastShare) return null;
        var atEnd = new Usd(settled.Amount / share);
        return new BudgetForecast(atEnd, ReachedAt(budget.Limit, span.Start, elapsed, settled, atEnd), budget.Limit.Amount <= 0 ? 100 : 100 * atEnd.Amount / budget.Limit.Amount);
    }

    private static DateTimeOffset? ReachedAt(Usd limit, DateTimeOffset start, TimeSpan elapsed, Usd settled, Usd atEnd)
    {
        if (settled >= limit) return start + elapsed;
        return atEnd < limit ? null : start.AddTicks((long)(elapsed.Ticks * (limit.Amount / settled.Amount)));
    }
}
