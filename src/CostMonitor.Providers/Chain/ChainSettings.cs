using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Calling.Limiting;

namespace CostMonitor.Providers.Chain;

/// <summary>How a deployment is called.</summary>
public sealed record ChainSettings
{
    public static ChainSettings Default { get; } = new();

    public CallLimits Limits { get; init; } = CallLimits.Default;

    public RetrySettings Retry { get; init; } = RetrySettings.Default;

    public BreakerSettings Breaker { get; init; } = BreakerSettings.Default;

    public LimiterSettings Limiter { get; init; } = LimiterSettings.Default;

    /// <inheritdoc cref="Deployment.LongestAnswerCharacters"/>
    public int LongestAnswerCharacters { get; init; } = Deployment.UsualLongestAnswer;
}
