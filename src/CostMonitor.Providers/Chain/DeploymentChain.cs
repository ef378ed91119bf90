using CostMonitor.Core.Calling;
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
        Limiter = new RateLimiter(settings.Limiter, time);
        var limited = new LimitedChatClient(deployment.Model, metered, Limiter, settings.Limiter.LongestWait, settings.Limits, time);
        Client = new RetryingChatClient(limited, settings.Retry, new RetryBudget(), settings.Limits, time);
    }

    public Deployment Deployment { get; }

    /// <summary>Keeps all calls of the deployment under its provider's limits.</summary>
    public RateLimiter Limiter { get; }

    /// <summary>The outermost link: asks the provider, again where that may help.</summary>
    public IChatClient Client { get; }
}
