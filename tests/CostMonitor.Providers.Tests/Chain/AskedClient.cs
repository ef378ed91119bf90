using System.Runtime.CompilerServices;
using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>A provider that counts its requests, shows its limits, and answers one word or fails.</summary>
internal sealed class AskedClient : IChatClient
{
    public int Asked { get; private set; }

    public RateLimitHeaders? Shows { get; set; }

    public ModelCallException? Fails { get; set; }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        Asked++;
        if (Shows is { } limits) CallTrace.Of(options)?.NoteLimits(limits);
        if (Fails is { } failure) throw failure;
        yield return new ChatResponseUpdate(ChatRole.Assistant, "yes");
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
