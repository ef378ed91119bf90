namespace CostMonitor.Functions.Setup;

/// <summary>How an attempt to remove a budget ended.</summary>
internal enum BudgetRemoval
{
    Removed,

    /// <summary>It was removed, and the file's of the same id is in force again.</summary>
    BackToFile,

    /// <summary>Only the file has it, and files are changed where they come from.</summary>
    OnlyInFile,

    NotThere,
}
