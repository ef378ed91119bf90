namespace CostMonitor.Functions.Setup;

/// <summary>Where a budget's definition comes from.</summary>
internal enum BudgetSource
{
    /// <summary>The file that was deployed with the app.</summary>
    File,

    /// <summary>The table, instead of one of the file's with its id.</summary>
    Api,
}
