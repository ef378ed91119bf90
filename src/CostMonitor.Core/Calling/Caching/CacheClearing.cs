namespace CostMonitor.Core.Calling.Caching;

/// <summary>A removal of answers that some process was asked for, and that all others carry out in their own memories.</summary>
/// <param name="At">When, by that process's clock.</param>
/// <param name="Filter">Which answers.</param>
public sealed record CacheClearing(DateTimeOffset At, AnswerFilter Filter)
{
    /// <summary>How long a clearing can be read: a process that did not look for longer has to forget all that it had.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);
}
