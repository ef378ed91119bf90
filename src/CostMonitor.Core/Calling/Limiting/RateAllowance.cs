namespace CostMonitor.Core.Calling.Limiting;

/// <summary>What an answer says of one limit, requests or tokens.</summary>
/// <param name="Limit">What is allowed a minute; null if the answer does not say.</param>
/// <param name="Remaining">What is left of it; null if the answer does not say.</param>
/// <param name="Reset">From the answer to the moment when all is allowed again; null if the answer does not say.</param>
public readonly record struct RateAllowance(long? Limit = null, long? Remaining = null, TimeSpan? Reset = null);
