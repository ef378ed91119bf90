namespace CostMonitor.Functions.Api;

/// <summary>What the API takes at most.</summary>
internal static class ApiLimits
{
    /// <summary>A submitted batch: 64 MiB, below the 100 MB of the Functions host.</summary>
    public const long MaxBodyBytes = 64 * 1024 * 1024;

    /// <summary>Runs a page.</summary>
    public const int MaxPage = 1000;

    public const int DefaultPage = 100;

    /// <summary>The longest time that one summary covers.</summary>
    public static readonly TimeSpan MaxSummarySpan = TimeSpan.FromDays(92);
}
