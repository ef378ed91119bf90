namespace CostMonitor.Core.Alerts;

/// <summary>What came of sending a notice.</summary>
/// <param name="Failure">Why the sink did not take it; null if it did. Never holds a secret.</param>
/// <param name="RetryAfter">How long the sink asks to be left alone; null if it does not say.</param>
public readonly record struct SinkAnswer(string? Failure, TimeSpan? RetryAfter = null)
{
    public static SinkAnswer Delivered => default;
}
