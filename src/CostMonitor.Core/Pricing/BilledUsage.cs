using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>All that a price can be asked for.</summary>
/// <param name="Tokens">The tokens.</param>
/// <param name="Requests">Calls, for prices per request.</param>
/// <param name="Images">Images, for prices per image.</param>
/// <param name="Hours">Hours of one unit of capacity (100 provisioned units for 24 hours are 2,400), for prices per hour.</param>
public readonly record struct BilledUsage(TokenUsage Tokens, long Requests = 1, long Images = 0, decimal Hours = 0);
