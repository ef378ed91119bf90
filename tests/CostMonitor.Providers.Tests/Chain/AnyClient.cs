using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>A chat client that streams as it is told, with sight of the options that reach it.</summary>
internal sealed class AnyClient(Func<ChatOptions?, IAsyncEnumerable<ChatResponseUpdate>> answer) : IChatClient
{
    public static async IAsyncEnumerable<ChatResponseUpdate> Texts(params string[] texts)
    {
        await Task.CompletedTask;
        foreach (var text in texts) yield return new ChatResponseUpdate(ChatRole.Assistant, text);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        answer(options);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
