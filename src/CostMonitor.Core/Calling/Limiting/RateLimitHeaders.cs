namespace CostMonitor.Core.Calling.Limiting;

/// <summary>What the head of an answer says of the provider's limits.</summary>
public sealed record RateLimitHeaders(RateAllowance Requests, RateAllowance Tokens);
