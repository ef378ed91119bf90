using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Tests.Budgets;

/// <summary>Budgets and accounts for tests.</summary>
internal static class Sample
{
    public static Budget Budget(BudgetPeriod period = BudgetPeriod.Month, string zone = "UTC") => new()
    {
        Id = "team-search", Scope = new BudgetScope(BudgetDimension.Team, "search"), Period = period, Limit = new Usd(500),
        Zone = TimeZoneInfo.FindSystemTimeZoneById(zone), Window = period == BudgetPeriod.Rolling ? TimeSpan.FromHours(24) : default,
    };

    public static LedgerState State(decimal settled, string value = "search") => new()
    {
        Key = new LedgerKey("team-search", value, "2026-11"), Settled = new Usd(settled),
    };

    public static DateTimeOffset Utc(string time) => DateTimeOffset.Parse(time + "Z", System.Globalization.CultureInfo.InvariantCulture);
}
