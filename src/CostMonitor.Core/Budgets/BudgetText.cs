using System.Globalization;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets;

/// <summary>Figures of a budget for people.</summary>
internal static class BudgetText
{
    /// <summary><c>$4,012.50</c>; below a dollar with all that matters, as in <c>$0.0095</c>.</summary>
    public static string Of(Usd money) =>
        Math.Abs(money.Amount) < 1 ? money.ToString() : "$" + money.Amount.ToString("#,##0.00", CultureInfo.InvariantCulture);

    /// <summary><c>at least $4,012.50, 3 unpriced</c> where calls of unknown cost stand beside what is known.</summary>
    public static string Of(Usd known, long unpriced) =>
        unpriced == 0 ? Of(known) : string.Create(CultureInfo.InvariantCulture, $"at least {Of(known)}, {unpriced} unpriced");

    /// <summary><c>79.9 %</c>, cut and not rounded: what is not reached is not shown as reached.</summary>
    public static string Percent(decimal percent) => $"{Number(decimal.Floor(percent * 10) / 10)} %";

    /// <summary>Exactly, without trailing zeros.</summary>
    public static string Number(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);

    /// <summary><c>2026-12-01 00:00 (Europe/Berlin)</c>.</summary>
    public static string Time(DateTimeOffset instant, TimeZoneInfo zone) =>
        string.Create(CultureInfo.InvariantCulture, $"{TimeZoneInfo.ConvertTime(instant, zone):yyyy-MM-dd HH:mm} ({zone.Id})");
}
