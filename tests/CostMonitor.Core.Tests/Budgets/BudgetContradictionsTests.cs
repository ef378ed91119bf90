using CostMonitor.Core.Budgets;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Tests.Budgets;

public sealed class BudgetContradictionsTests
{
    [Fact]
    public void Of_GivenTheSameIdTwice_SaysWhereTheOtherIs() =>
        AssertFaults([Place("a", "all"), Place("b", "all", BudgetPeriod.Day, 1), Place("a", "team:x")], "f $.budgets[2]: The id 'a' stands twice; it stands at f $.budgets[0] too.");

    [Fact]
    public void Of_GivenTheSameScopePeriodAndHardness_SaysWhichOverlap() =>
        AssertFaults(
            [Place("a", "team:x", isHard: false), Place("b", "team:x", limit: 400, isHard: false)],
            "f $.budgets[1]: 'b' and 'a' overlap: both are soft limits of team:x for a month; expected one.");

    [Fact]
    public void Of_GivenADailyBudgetBesideADailyCap_SaysTheyOverlap() =>
        AssertFaults([Place("a", "all", cap: 10), Place("b", "all", BudgetPeriod.Day, 20)], "f $.budgets[1]: 'b' and 'a.day' overlap: both are hard limits of all for a day; expected one.");

    [Fact]
    public void Of_GivenALongerPeriodWithALowerHardLimit_SaysWhichIsNeverReached() =>
        AssertFaults(
            [Place("days", "team:x", BudgetPeriod.Day, 60, isHard: false), Place("months", "team:x", BudgetPeriod.Month, 50)],
            "f $.budgets[1]: 'months' refuses beyond $50.00 for a month of team:x, so that 'days' can never reach its $60.00 for a day; "
            + "expected the longer period to have at least the limit of the shorter one.");

    [Fact]
    public void Of_GivenARollingBudgetLongerThanAWeek_ComparesItsWindow() =>
        AssertFaults(
            [Place("rolls", "all", BudgetPeriod.Rolling, 50, window: 8 * 24), Place("weeks", "all", BudgetPeriod.Week, 60)],
            "f $.budgets[1]: 'rolls' refuses beyond $50.00 for the last 192:00:00 of all, so that 'weeks' can never reach its $60.00 for a week; "
            + "expected the longer period to have at least the limit of the shorter one.");

    [Fact]
    public void Of_GivenBudgetsThatCanAllBeMeant_FindsNothing() => AssertFaults(
    [
        Place("hard", "team:x"), Place("soft", "team:x", limit: 400, isHard: false), // a soft one that warns earlier
        Place("each", "team:each"), Place("user", "user:x"),
        Place("equal", "team:x", BudgetPeriod.Day, 500),
        Place("rolling-a", "team:x", BudgetPeriod.Rolling, 100, window: 1), Place("rolling-b", "team:x", BudgetPeriod.Rolling, 100, window: 2),
        Place("soft-month", "all", BudgetPeriod.Month, 50, isHard: false), Place("day", "all", BudgetPeriod.Day, 60), // a soft one refuses nothing
        Place("last-day", "all", BudgetPeriod.Rolling, 40, window: 24), // neither longer nor shorter than a day of 23 to 25 hours
    ]);

    private static PlacedBudget Place(
        string id, string scope, BudgetPeriod period = BudgetPeriod.Month, decimal limit = 500, bool isHard = true, decimal? cap = null, int window = 0) => new(
        new BudgetDefinition
        {
            Budget = new Budget
            {
                Id = id, Scope = BudgetScope.TryParse(scope, out var parsed) ? parsed : throw new ArgumentException(scope), Period = period, Window = TimeSpan.FromHours(window),
                Limit = new Usd(limit), IsHard = isHard,
            },
            DailyCap = cap is { } daily ? new DailyCap(new Usd(daily), false) : null,
        },
        "f",
        "");

    private static void AssertFaults(IReadOnlyList<PlacedBudget> budgets, params string[] faults) =>
        Assert.Equal(faults, BudgetContradictions.Of([.. budgets.Select((b, i) => b with { Path = $"$.budgets[{i}]" })]).Select(f => f.ToString()));
}
