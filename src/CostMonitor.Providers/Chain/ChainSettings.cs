using CostMonitor.Core.Calling;

namespace CostMonitor.Providers.Chain;

/// <summary>How a deployment is called.</summary>
public sealed record ChainSettings
{
    public static ChainSettings Default { get; } = new();

    public CallLimits Limits { get; init; } = CallLimits.Default;

    public RetrySettings Retry { get; init; } = RetrySettings.Default;

    /// <inheritdoc cref="Deployment.LongestAnswerCharacters"/>
    public int LongestAnswerCharacters { get; init; } = Deployment.UsualLongestAnswer;
}
