namespace CostMonitor.Testing.ScriptedServer;

/// <summary>A request that the scripted server has met, and when it wrote what.</summary>
public sealed class ServedRequest
{
    private readonly List<long> _tokens = [];

    /// <summary>The client's <c>x-request-id</c>, or a number of the server's.</summary>
    public required string Id { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required string Body { get; init; }

    /// <summary>All times are of <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>, the clock that a client in this process reads as well.</summary>
    public required long Received { get; init; }

    /// <summary>When the head was flushed; 0 if it was not.</summary>
    public long HeadWritten { get; internal set; }

    /// <summary>When each token was about to be flushed: no client can have seen it earlier.</summary>
    public IReadOnlyList<long> TokensWritten => _tokens;

    /// <summary>When the last byte was flushed; 0 if the answer did not come to its end.</summary>
    public long Ended { get; internal set; }

    /// <summary>What it was answered with.</summary>
    public Script Script { get; internal set; } = Script.Default;

    /// <summary>From its arrival to the first token; null if there was none.</summary>
    public TimeSpan? FirstToken => _tokens.Count == 0 ? null : System.Diagnostics.Stopwatch.GetElapsedTime(Received, _tokens[0]);

    /// <summary>From its arrival to its last byte; null if the answer did not come to its end.</summary>
    public TimeSpan? Whole => Ended == 0 ? null : System.Diagnostics.Stopwatch.GetElapsedTime(Received, Ended);

    internal void NoteToken(long written) => _tokens.Add(written);
}
