using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Calling;

/// <summary>That a call was answered without asking a provider.</summary>
/// <param name="Source">Where the answer came from.</param>
/// <param name="Age">How old the answer was.</param>
/// <param name="Tokens">The tokens that the provider billed for it then.</param>
public sealed record CacheHit(CacheSource Source, TimeSpan Age, TokenUsage Tokens)
{
    /// <summary>True for an answer that had outlived its time and was given because every deployment was down.</summary>
    public bool IsStale { get; init; }
}
