namespace CostMonitor.Core.Calling;

/// <summary>What is pulled in an emergency to spend less while still answering.</summary>
public sealed record CallLevers
{
    public static CallLevers None { get; } = new();

    /// <summary>The most tokens that any answer may have; null leaves each call its own limit.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>How many times as long cached answers are used: 1 to 1,000; 1 if not set.</summary>
    public double CacheTtlFactor { get; init; } = 1;

    /// <summary>True to refuse every call that the cache cannot answer.</summary>
    public bool CachedOnly { get; init; }
}
