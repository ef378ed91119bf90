namespace CostMonitor.Core.Calling.Routing;

/// <summary>A deployment that a call may ask, at its place in the order.</summary>
/// <param name="Target">The deployment.</param>
/// <param name="Index">Its place in the route's list, from 0.</param>
/// <param name="Reason">What put it at this place, as part of a sentence.</param>
public sealed record PlannedTarget(RouteTarget Target, int Index, string Reason);
