using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Tests.Calling;

/// <summary>A chat client as anyone may write it: it streams the contents and then does something else.</summary>
internal sealed class ForeignClient(IReadOnlyList<AIContent> contents, Func<Task>? then = null) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var content in contents) yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
        if (then is not null) await then();
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
