namespace CostMonitor.Core.Budgets;

/// <summary>A budget as people write it down: a monthly one may have a daily cap, which is a budget of its own.</summary>
public sealed record BudgetDefinition
{
    public required Budget Budget { get; init; }

    /// <summary>Only of a monthly budget, and at most its limit; null for none.</summary>
    public DailyCap? DailyCap { get; init; }

    public string Id => Budget.Id;

    /// <summary>The budget, and after it its daily cap as the budget <c>x.day</c>, which is as the monthly one in all but period and limit.</summary>
    public IReadOnlyList<Budget> Budgets => DailyCap is { } cap
        ? [Budget, Budget with { Id = Budget.Id + ".day", Period = BudgetPeriod.Day, Limit = cap.Limit }]
        : [Budget];
}
