using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Core.Calling.Routing;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>The part of the calling chain that stands before one deployment, put together in its one right order.</summary>
internal sealed class DeploymentChain
{
    public DeploymentChain(Deployment deployment, IChatClient provider, ChainSettings settings, ChainParts parts, TimeProvider time, Action<UsageDoubt>? onDoubt)
    {
        Deployment = deployment;
        Latency = new RecentLatency(time);
        var timed = new TimedChatClient(deployment.Model, provider, settings.Limits, time);
        var metered = new MeteredChatClient(deployment, timed, time, onDoubt, latency: Latency);
        Breaker = Restored(deployment, settings.Breaker, parts, time);
        IChatClient breaking = Breaker is null ? metered : new BreakingChatClient(metered, Breaker, settings.Limits, time);
        Limiter = new RateLimiter(settings.Limiter, time);
        var limited = new LimitedChatClient(deployment.Model, breaking, Limiter, settings.Limiter.LongestWait, settings.Limits, time);
        Client = new RetryingChatClient(limited, settings.Retry, new RetryBudget(), settings.Limits, time);
    }

    public Deployment Deployment { get; }

    /// <summary>Keeps all calls of the deployment under its provider's limits.</summary>
    public RateLimiter Limiter { get; }

    /// <summary>Of all its calls, routed or not.</summary>
    public RecentLatency Latency { get; }

    /// <summary>The outermost link: asks the provider, again where that may help.</summary>
    public IChatClient Client { get; }

    /// <summary>The deployment's health; null where its breaker is switched off.</summary>
    public CircuitBreaker? Breaker { get; }

    /// <summary>What its breaker says to a route: one whose test is due takes a call, one whose test is under way takes none.</summary>
    public TargetState State() => Breaker switch
    {
        null => TargetState.Closed,
        { Status.State: BreakerState.Closed } => TargetState.Closed,
        { IsAllowing: true } => TargetState.HalfOpen,
        _ => TargetState.Open,
    };

    private static CircuitBreaker? Restored(Deployment deployment, BreakerSettings settings, ChainParts parts, TimeProvider time)
    {
        if (!settings.IsEnabled) return null;
        var breaker = new CircuitBreaker(deployment.Model, settings, time, parts.OnBreaker);
        if (parts.KnownBreakers.GetValueOrDefault(deployment.Model) is { } known) breaker.Restore(known);
        return breaker;
    }
}
