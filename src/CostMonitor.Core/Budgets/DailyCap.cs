using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets;

/// <summary>What a monthly budget lets a day cost.</summary>
/// <param name="Limit">Not negative.</param>
/// <param name="IsDerived">True when it follows from the monthly limit; false when it was given.</param>
public readonly record struct DailyCap(Usd Limit, bool IsDerived)
{
    private const int DaysOfAMonth = 30;

    /// <summary>A thirtieth of a month's limit, rounded to cents: 166.67 of 5,000. In a month of 31 days the monthly limit is the one that ends the spending.</summary>
    public static DailyCap Of(Usd monthly) => new(new Usd(Math.Round(monthly.Amount / DaysOfAMonth, 2, MidpointRounding.AwayFromZero)), true);
}
