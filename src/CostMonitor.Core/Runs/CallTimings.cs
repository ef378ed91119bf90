namespace CostMonitor.Core.Runs;

/// <summary>The times of one call, on a monotonic clock, from the moment before the request is sent.</summary>
public sealed record CallTimings
{
    /// <summary>To the last byte of the answer, or to the failure. Making a connection is part of it; see <see cref="Connect"/>.</summary>
    public required TimeSpan EndToEnd { get; init; }

    /// <summary>The part spent on making a new connection (DNS, TCP, TLS); null when a pooled one was used or it is not known.</summary>
    public TimeSpan? Connect { get; init; }

    /// <summary>To the first token of any kind, reasoning included. A role announcement is no token. Null if none came.</summary>
    public TimeSpan? FirstToken { get; init; }

    /// <summary>To the first token of content. Null if none came.</summary>
    public TimeSpan? FirstContent { get; init; }

    /// <summary>To the last token of any kind. Null if none came.</summary>
    public TimeSpan? LastToken { get; init; }

    /// <summary>Every gap between two token-bearing chunks, in their order, in whole microseconds.</summary>
    public IReadOnlyList<int> GapsUs { get; init; } = [];

    /// <summary>Output tokens a second between the first and the last token; null below two chunks, where no span exists.</summary>
    /// <param name="outputTokens">All generated tokens, reasoning included.</param>
    public double? TokensPerSecond(long outputTokens) =>
        outputTokens > 1 && LastToken - FirstToken is { Ticks: > 0 } span ? (outputTokens - 1) / span.TotalSeconds : null;
}
