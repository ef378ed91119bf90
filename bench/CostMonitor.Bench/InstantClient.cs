using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace CostMonitor.Bench;

/// <summary>Streams the same updates each time, without waiting and without making any.</summary>
internal sealed class InstantClient(int updates) : IChatClient
{
    public IReadOnlyList<ChatResponseUpdate> Updates { get; } = [.. Enumerable.Range(0, updates - 1).Select(static _ => new ChatResponseUpdate(ChatRole.Assistant, "token ")), Last(updates)];

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var update in Updates) yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private static ChatResponseUpdate Last(int updates) =>
        new(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 9, OutputTokenCount = updates - 1 })]) { FinishReason = ChatFinishReason.Stop };
}
