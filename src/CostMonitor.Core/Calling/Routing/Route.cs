using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Calling.Routing;

/// <summary>A logical model: a name that apps call, and the deployments that can answer for it.</summary>
public sealed record Route
{
    /// <summary>The name, by convention <c>route:NAME</c>; no deployment has it.</summary>
    public required ModelKey Model { get; init; }

    public RouteOrder Order { get; init; }

    /// <summary>True to ask small models easy questions first, and flagships hard ones.</summary>
    public bool ByDifficulty { get; init; }

    /// <summary>At least one, each once.</summary>
    public required IReadOnlyList<RouteTarget> Targets { get; init; }

    /// <summary>True if a rule of the route asks how many tokens a call has.</summary>
    public bool CountsTokens => Order == RouteOrder.Cheapest || Targets.Any(static t => t.Facts.ContextTokens is not null);
}
