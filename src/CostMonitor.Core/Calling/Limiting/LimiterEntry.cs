namespace CostMonitor.Core.Calling.Limiting;

/// <summary>The limiter's answer to one call.</summary>
/// <param name="Answer">Whether it may be made.</param>
/// <param name="Waited">How long it has waited for this answer.</param>
/// <param name="Foreseen">Of a refused call: how long an equal one would wait from now on, after those who wait. At least; calls that come later to other lanes may add to it.</param>
/// <param name="Queued">Of a refused call: how many others wait.</param>
public readonly record struct LimiterEntry(LimiterAnswer Answer, TimeSpan Waited = default, TimeSpan Foreseen = default, int Queued = 0);
