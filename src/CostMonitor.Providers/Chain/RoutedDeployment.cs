using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Pricing;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>One deployment as a route calls it and sees its health.</summary>
internal sealed record RoutedDeployment
{
    /// <summary>What its calls are priced as.</summary>
    public required Offer Offer { get; init; }

    /// <summary>Its part of the calling chain; null for one that is not configured.</summary>
    public IChatClient? Client { get; init; }

    /// <summary>Why it cannot be called; empty if it can.</summary>
    public string Missing { get; init; } = "";

    /// <summary>Asks its circuit breaker.</summary>
    public Func<TargetState> State { get; init; } = static () => TargetState.Closed;

    public RecentLatency? Latency { get; init; }
}
