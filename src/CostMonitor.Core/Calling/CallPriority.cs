namespace CostMonitor.Core.Calling;

/// <summary>What is given up first when money runs short.</summary>
public enum CallPriority
{
    /// <summary>Throttled when a budget is nearly used up.</summary>
    Normal,

    /// <summary>Never throttled, and refused only where the budget is used up.</summary>
    Critical,

    /// <summary>Throttled as a normal call is, and the first to be refused.</summary>
    Background,
}
