namespace CostMonitor.Core.Calling.Routing;

/// <summary>In which order a route asks the deployments that fit a call.</summary>
public enum RouteOrder
{
    /// <summary>As the route lists them.</summary>
    Listed,

    /// <summary>Drawn by their weights, without replacement.</summary>
    Weighted,

    /// <summary>By what this call would cost at the prices in force.</summary>
    Cheapest,

    /// <summary>By their recent latency.</summary>
    Fastest,
}
