using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Calling.Breaking;

/// <summary>That a deployment's breaker changed its state.</summary>
/// <param name="Deployment">The name in models.json.</param>
/// <param name="From">The state before.</param>
/// <param name="Status">What is known right after the change.</param>
public sealed record BreakerChange(ModelKey Deployment, BreakerState From, BreakerStatus Status)
{
    public BreakerState To => Status.State;

    public DateTimeOffset At => Status.Since;

    /// <summary>Why it opened or closed; of a half-open one, why it had opened.</summary>
    public string Reason => Status.Reason;

    /// <summary>Whether the deployment has just gone down: true once for an outage, however many probes fail in it.</summary>
    public bool IsOpening => From == BreakerState.Closed && To == BreakerState.Open;
}
