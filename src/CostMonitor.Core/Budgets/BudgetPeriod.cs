namespace CostMonitor.Core.Budgets;

/// <summary>How long a limit holds before it begins anew.</summary>
public enum BudgetPeriod
{
    /// <summary>A calendar day in the budget's time zone: 23, 24 or 25 hours.</summary>
    Day,

    /// <summary>From Monday, 00:00 in the budget's time zone.</summary>
    Week,
    Month,

    /// <summary>Always the last <see cref="Budget.Window"/>.</summary>
    Rolling,
}
