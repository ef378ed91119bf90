namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>What is to be done with the cost of a run.</summary>
public enum CostVerdict
{
    /// <summary>The run was not asked about.</summary>
    Outside,

    /// <summary>The cost stays.</summary>
    Unchanged,

    /// <summary>The cost becomes another one.</summary>
    Changed,

    /// <summary>The change is in the record already: it was made before the work broke off.</summary>
    ChangedAlready,

    /// <summary>A change was to be taken back, but a later one lies over it: the cost stays.</summary>
    ChangedSince,
}
