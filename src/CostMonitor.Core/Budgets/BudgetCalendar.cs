using System.Globalization;

namespace CostMonitor.Core.Budgets;

/// <summary>Finds the period that an instant belongs to, in the budget's time zone.</summary>
public static class BudgetCalendar
{
    public const string Rolling = "rolling";

    public static BudgetSpan SpanAt(Budget budget, DateTimeOffset instant)
    {
        if (budget.Period == BudgetPeriod.Rolling) return new BudgetSpan(Rolling, instant.ToUniversalTime() - budget.Window, instant.ToUniversalTime());
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, budget.Zone).DateTime);
        var (first, behind) = budget.Period switch
        {
            BudgetPeriod.Day => (day, day.AddDays(1)),
            BudgetPeriod.Week => (Monday(day), Monday(day).AddDays(7)),
            BudgetPeriod.Month => (new DateOnly(day.Year, day.Month, 1), new DateOnly(day.Year, day.Month, 1).AddMonths(1)),
            _ => throw new InvalidOperationException($"{budget.Period} is no period."),
        };
        return new BudgetSpan(KeyOf(budget.Period, first), StartOf(first, budget.Zone), StartOf(behind, budget.Zone));
    }

    private static string KeyOf(BudgetPeriod period, DateOnly first) => period switch
    {
        BudgetPeriod.Day => first.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        BudgetPeriod.Week => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(first.ToDateTime(default)):D4}-W{ISOWeek.GetWeekOfYear(first.ToDateTime(default)):D2}"),
        _ => first.ToString("yyyy-MM", CultureInfo.InvariantCulture),
    };

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    /// <summary>The first instant of a local day: where the clock is put forward over midnight, the first one that exists; where midnight comes twice, the first.</summary>
    private static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
