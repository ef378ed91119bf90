namespace CostMonitor.Core.Checks;

/// <summary>What came of a check.</summary>
public enum CheckOutcome
{
    Fine,

    /// <summary>Nothing is broken, and it is worth knowing.</summary>
    Remark,

    Failed,

    /// <summary>Not made, since what it needs has failed.</summary>
    Skipped,
}
