namespace CostMonitor.Core.Budgets;

/// <summary>A definition and where it stands, so that a fault can name the place.</summary>
/// <param name="File">As in <c>samples/budgets.json</c>.</param>
/// <param name="Path">Of its object inside the file, as in <c>$.budgets[2]</c>.</param>
public readonly record struct PlacedBudget(BudgetDefinition Definition, string File, string Path)
{
    public override string ToString() => $"{File} {Path}";
}
