using Azure.Core;
using Azure.Core.Pipeline;

namespace CostMonitor.Storage;

/// <summary>Counts every request that leaves, retries included: each is billed.</summary>
internal sealed class RequestCounter : HttpPipelineSynchronousPolicy
{
    private long _sent;

    public long Sent => Interlocked.Read(ref _sent);

    public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref _sent);
}
