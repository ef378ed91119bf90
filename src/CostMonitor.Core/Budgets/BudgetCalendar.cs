using System.Globalization;

namespace CostMonitor.Core.Budgets;

/// <summary>Finds the period that an instant belongs to, in the budget's time zone.</summary>
public static class BudgetCalendar
{
    public const string Rolling = "rolling";

    /// <summary>The period that holds an instant. The periods of a calendar budget follow each other without gap or overlap, whatever the clocks there do.</summary>
    public static BudgetSpan SpanAt(Budget budget, DateTimeOffset instant)
    {
        if (budget.Period == BudgetPeriod.Rolling) return new BudgetSpan(Rolling, instant.ToUniversalTime() - budget.Window, instant.ToUniversalTime());
        var first = FirstDay(budget.Period, DayOf(instant, budget.Zone));
        var start = StartOf(first, budget.Zone);
        while (true)
        {
            // More than once only where a clock put back makes a day that has begun end in the day before: it has begun, and goes on.
            var next = NextFirstDay(budget.Period, first);
            var end = StartOf(next, budget.Zone);
            if (instant < end) return new BudgetSpan(KeyOf(budget.Period, first), start, end);
            (first, start) = (next, end);
        }
    }

    private static DateOnly FirstDay(BudgetPeriod period, DateOnly day) => period switch
    {
        BudgetPeriod.Day => day,
        BudgetPeriod.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        BudgetPeriod.Month => new DateOnly(day.Year, day.Month, 1),
        _ => throw new InvalidOperationException($"{period} is no calendar period."),
    };

    private static DateOnly NextFirstDay(BudgetPeriod period, DateOnly first) => period switch
    {
        BudgetPeriod.Day => first.AddDays(1),
        BudgetPeriod.Week => first.AddDays(7),
        _ => first.AddMonths(1),
    };

    private static string KeyOf(BudgetPeriod period, DateOnly first) => period switch
    {
        BudgetPeriod.Day => first.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        BudgetPeriod.Week => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(first.ToDateTime(default)):D4}-W{ISOWeek.GetWeekOfYear(first.ToDateTime(default)):D2}"),
        _ => first.ToString("yyyy-MM", CultureInfo.InvariantCulture),
    };

    private static DateOnly DayOf(DateTimeOffset instant, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>The first instant of a local day: where the clock is put forward over midnight, the first one that exists; where midnight comes twice, the first.</summary>
    private static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
