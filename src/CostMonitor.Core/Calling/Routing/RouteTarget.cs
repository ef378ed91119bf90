using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Calling.Routing;

/// <summary>One deployment of a route.</summary>
/// <param name="Model">Its name in models.json.</param>
/// <param name="Facts">What is known of it.</param>
/// <param name="Weight">Its share of the calls of a weighted route, against the other weights: 1 to 1000; 1 if not set.</param>
public sealed record RouteTarget(ModelKey Model, ModelFacts Facts, int Weight = 1);
