using CostMonitor.Core.Budgets;

namespace CostMonitor.Functions.Setup;

/// <summary>A definition in force and where it comes from.</summary>
internal sealed record BudgetEntry(PlacedBudget Placed, BudgetSource Source)
{
    public BudgetDefinition Definition => Placed.Definition;
}
