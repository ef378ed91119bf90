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

    /// <summary>One of the tags, from here on; runs without it make a row of their own, so that the rows always add up to the total.</summary>
    Team,
    App,
    Feature,
    User,
    Experiment,

    /// <summary>The calls' priority.</summary>
    Priority,
}
