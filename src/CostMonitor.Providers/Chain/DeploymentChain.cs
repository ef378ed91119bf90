using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>The part of the calling chain that stands before one deployment, put together in its one right order.</summary>
internal sealed class DeploymentChain
{
    public DeploymentChain(Deployment deployment, IChatClient provider, ChainSettings settings, ChainParts parts, TimeProvider time, Action<UsageDoubt>? onDoubt)
    {
        Deployment = deployment;
        var timed = new TimedChatClient(deployment.Model, provider, settings.Limits, time);
        var metered = new MeteredChatClient(deployment, timed, time, onDoubt);
        Breaker = Restored(deployment, settings.Breaker, parts, time);
        IChatClient breaking = Breaker is null ? metered : new BreakingChatClient(metered, Breaker, settings.Limits, time);
        Limiter = new RateLimiter(settings.Limiter, time);
        var limited = new LimitedChatClient(deployment.Model, breaking, Limiter, settings.Limiter.LongestWait, settings.Limits, time);
        Client = new RetryingChatClient(limited, settings.Retry, new RetryBudget(), settings.Limits, time);
    }

    public Deployment Deployment { get; }

    /// <summary>Keeps all calls of the deployment under its provider's limits.</summary>
    public RateLimiter Limiter { get; }

    /// <summary>The outermost link: asks the provider, again where that may help.</summary>
    public IChatClient Client { get; }

    /// <summary>The deployment's health; null where its breaker is switched off.</summary>
    public CircuitBreaker? Breaker { get; }

    private static CircuitBreaker? Restored(Deployment deployment, BreakerSettings settings, ChainParts parts, TimeProvider time)
    {
        if (!settings.IsEnabled) return null;
        var breaker = new CircuitBreaker(deployment.Model, settings, time, parts.OnBreaker);
        if (parts.KnownBreakers.GetValueOrDefault(deployment.Model) is { } known) breaker.Restore(known);
        return breaker;
    }
}
