namespace CostMonitor.Functions.Api;

/// <summary>What the API takes at most.</summary>
internal static class ApiLimits
{
    /// <summary>A submitted batch: 64 MiB, below the 100 MB of the Functions host.</summary>
    public const long MaxBodyBytes = 64 * 1024 * 1024;

    /// <summary>Any other body: 1 MiB, five times the largest built-in price file.</summary>
    public const long MaxSmallBodyBytes = 1024 * 1024;

    /// <summary>Runs a page.</summary>
    public const int MaxPage = 1000;

    public const int DefaultPage = 100;

    /// <summary>The longest time that one summary covers.</summary>
    public static readonly TimeSpan MaxSummarySpan = TimeSpan.FromDays(92);
}
