namespace CostMonitor.Core.Statistics;

/// <summary>What the rows of a summary stand for.</summary>
public enum SummaryGrouping
{
    Model,
    Prompt,
    Provider,
    Category,

    /// <summary>The day in UTC on which a run began.</summary>
    Day,
}
