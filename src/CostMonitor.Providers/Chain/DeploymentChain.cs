using CostMonitor.Core.Calling;
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
        Client = new RetryingChatClient(metered, settings.Retry, new RetryBudget(), settings.Limits, time);
    }

    public Deployment Deployment { get; }

    /// <summary>Of all its calls, routed or not.</summary>
    public RecentLatency Latency { get; }

    /// <summary>The outermost link: asks the provider, again where that may help.</summary>
    public IChatClient Client { get; }
}
