using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>A stream that has brought its first token, or has ended without one: up to here a call can be made again, beyond it not.</summary>
internal sealed class StartedStream : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;
    private readonly List<ChatResponseUpdate>? _before;
    private readonly bool _isEnded;
    private int _replayed;
    private bool _isFirstTaken;

    private StartedStream(IAsyncEnumerator<ChatResponseUpdate> updates, List<ChatResponseUpdate>? before, bool isEnded) =>
        (_updates, _before, _isEnded) = (updates, before, isEnded);

    public ChatResponseUpdate Current { get; private set; } = new();

    /// <summary>Reads to the first token. If that fails the stream is disposed of.</summary>
    public static async ValueTask<StartedStream> OpenAsync(IAsyncEnumerable<ChatResponseUpdate> stream, CancellationToken cancellationToken)
    {
        var updates = stream.GetAsyncEnumerator(cancellationToken);
        var isOpen = false;
        try
        {
            List<ChatResponseUpdate>? before = null;
            while (await updates.MoveNextAsync())
            {
                isOpen = HasToken(updates.Current);
                if (isOpen) return new StartedStream(updates, before, isEnded: false);
                (before ??= []).Add(updates.Current);
            }

            isOpen = true;
            return new StartedStream(updates, before, isEnded: true);
        }
        finally
        {
            if (!isOpen) await updates.DisposeAsync();
        }
    }

    /// <summary>Steps to the next update; those before the first token come again.</summary>
    public ValueTask<bool> MoveNextAsync()
    {
        if (_replayed < _before?.Count)
        {
            Current = _before[_replayed++];
            return new ValueTask<bool>(true);
        }

        if (_isEnded) return new ValueTask<bool>(false);
        if (!_isFirstTaken)
        {
            _isFirstTaken = true;
            Current = _updates.Current;
            return new ValueTask<bool>(true);
        }

        var moved = _updates.MoveNextAsync();
        if (!moved.IsCompletedSuccessfully) return AwaitAsync(moved);
        var isThere = moved.Result;
        if (isThere) Current = _updates.Current;
        return new ValueTask<bool>(isThere);
    }

    public ValueTask DisposeAsync() => _updates.DisposeAsync();

    private async ValueTask<bool> AwaitAsync(ValueTask<bool> moved)
    {
        if (!await moved) return false;
        Current = _updates.Current;
        return true;
    }

    private static bool HasToken(ChatResponseUpdate update)
    {
        foreach (var content in update.Contents)
        {
            if (content is TextContent { Text.Length: > 0 } or TextReasoningContent { Text.Length: > 0 } or FunctionCallContent) return true;
        }

        return false;
    }
}
