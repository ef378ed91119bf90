using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>A chat client that counts its calls and answers each as it is told: by default with one text, usage and the reason "stop".</summary>
internal sealed class CountedClient : IChatClient
{
    private int _calls, _ended, _cancelled;

    /// <summary>Gives the text of an answer, by the number of the call from 1 on.</summary>
    public Func<int, string> Text { get; init; } = static call => $"answer {call}";

    public string FinishReason { get; init; } = "stop";

    /// <summary>Contents behind the text.</summary>
    public IReadOnlyList<AIContent> More { get; init; } = [];

    /// <summary>Awaited before the first update, with the number of the call: may wait, or fail.</summary>
    public Func<int, CancellationToken, Task> Before { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>Awaited between the text and the end.</summary>
    public Func<int, CancellationToken, Task> Between { get; init; } = static (_, _) => Task.CompletedTask;

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Calls that were read to their end.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Calls whose token was cancelled before their end.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = Interlocked.Increment(ref _calls);
        var isEnded = false;
        try
        {
            await Before(call, cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextContent(Text(call)), .. More]);
            await Between(call, cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 1000, OutputTokenCount = 2000, TotalTokenCount = 3000 })])
            {
                FinishReason = new ChatFinishReason(FinishReason),
                ModelId = "gpt-4o",
            };
            isEnded = true;
            Interlocked.Increment(ref _ended);
        }
        finally
        {
            if (!isEnded && cancellationToken.IsCancellationRequested) Interlocked.Increment(ref _cancelled);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
