namespace CostMonitor.Core.Calling.Routing;

/// <summary>Whom one call asks, in which order, and whom it does not ask. Every deployment of the route is in one of the two lists.</summary>
/// <param name="InOrder">Those that fit, the first to be asked first.</param>
/// <param name="PassedOver">Those that do not, as the route lists them.</param>
public sealed record RoutePlan(IReadOnlyList<PlannedTarget> InOrder, IReadOnlyList<PassedOver> PassedOver)
{
    /// <summary>True when nobody can be asked only because all that would fit are down: later they may be back.</summary>
    public bool IsAllDown => InOrder.Count == 0 && PassedOver.Any(static p => p.Rule == PassedOverFor.Down);
}
