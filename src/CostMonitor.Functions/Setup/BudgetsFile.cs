using CostMonitor.Core.Budgets;
using CostMonitor.Core.Input;

namespace CostMonitor.Functions.Setup;

/// <summary>Reads the budgets that are deployed with the app.</summary>
internal static class BudgetsFile
{
    private const string UsualFile = "samples/budgets.json";

    /// <returns>Empty where neither <c>BudgetsFile</c> nor the usual file is there.</returns>
    /// <exception cref="InputException">The file is faulty, or one that <c>BudgetsFile</c> names is missing.</exception>
    public static IReadOnlyList<PlacedBudget> Read(AppSettings settings)
    {
        var name = settings.BudgetsFile ?? UsualFile;
        var path = Path.Combine(settings.AppFolder, name);
        if (settings.BudgetsFile is null && !File.Exists(path)) return [];
        try
        {
            return BudgetFile.Parse(File.ReadAllText(path), name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(name, "", $"The budgets cannot be read: {e.Message}");
        }
    }
}
