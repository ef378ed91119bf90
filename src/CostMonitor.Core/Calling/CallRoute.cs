using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Calling;

/// <summary>Which deployment of a logical model was asked last, and why that one.</summary>
/// <param name="Target">The deployment.</param>
/// <param name="Reason">One line: the rule that chose it, and what was passed over with its reason.</param>
/// <param name="Failovers">How many deployments were asked before it and failed.</param>
public sealed record CallRoute(ModelKey Target, string Reason, int Failovers);
