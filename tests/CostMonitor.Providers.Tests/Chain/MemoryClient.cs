using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>A provider in memory: each attempt is answered by the function, which is told its number, from 1.</summary>
internal sealed class MemoryClient(Func<int, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer) : IChatClient
{
    private int _asked, _disposed;

    public int Asked => _asked;

    /// <summary>Streams that were disposed of.</summary>
    public int Disposed => _disposed;

    public ChatOptions? Options { get; private set; }

    public static ChatResponseUpdate Token(string text = "tok ") => new(ChatRole.Assistant, text);

    /// <summary>The tokens of a whole answer.</summary>
    public static async IAsyncEnumerable<ChatResponseUpdate> Tokens(int count, string text = "tok ")
    {
        for (var i = 0; i < count; i++)
        {
            await Task.CompletedTask;
            yield return Token(text);
        }
    }

    /// <summary>Some tokens, and then a failure.</summary>
    public static async IAsyncEnumerable<ChatResponseUpdate> Failing(Exception failure, int tokens = 0)
    {
        for (var i = 0; i < tokens; i++) yield return Token();
        await Task.CompletedTask;
        throw failure;
    }

    /// <summary>Some tokens, and then nothing for ever, whatever the token says.</summary>
    public static async IAsyncEnumerable<ChatResponseUpdate> Deaf(int tokens = 0)
    {
        for (var i = 0; i < tokens; i++) yield return Token();
        await new TaskCompletionSource().Task;
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Options = options;
        try
        {
            await foreach (var update in answer(Interlocked.Increment(ref _asked), cancellationToken)) yield return update;
        }
        finally
        {
            Interlocked.Increment(ref _disposed);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
