using CostMonitor.Core.Pricing;

namespace CostMonitor.Providers.Calling;

/// <summary>Usage that a provider reported and that cannot be right, so that an estimate stands in for it.</summary>
/// <param name="Model">The model that was asked.</param>
/// <param name="RequestId">The caller's id of the question.</param>
/// <param name="Reason">What does not fit, with the figures.</param>
public sealed record UsageDoubt(ModelKey Model, string RequestId, string Reason);
