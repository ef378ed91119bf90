using CostMonitor.Core.Calling.Limiting;

namespace CostMonitor.Providers.Chain;

/// <summary>What the wire knows of one attempt and the stream of updates does not carry.</summary>
internal sealed class CallTrace(TimeProvider time)
{
    public static readonly HttpRequestOptionsKey<CallTrace> RequestKey = new("costmonitor.trace");

    private long _connectStarted, _limitsCame;

    /// <summary>The time from DNS to the end of the TLS handshake, if this attempt made a connection.</summary>
    public TimeSpan? Connect { get; private set; }

    /// <summary>True from the moment that the head of an answer is there.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>The status of the answer, once it is there.</summary>
    public int? HttpStatus { get; set; }

    /// <summary>The provider's id of the request.</summary>
    public string? RequestId { get; set; }

    /// <summary>The provider's word for the tier that served the call; null if it did not say.</summary>
    public string? ServiceTier { get; set; }

    /// <summary>What the answer's head says of the provider's limits; null if it says nothing.</summary>
    public RateLimitHeaders? RateLimits { get; private set; }

    /// <summary>How long ago <see cref="RateLimits"/> came.</summary>
    public TimeSpan RateLimitsAge => time.GetElapsedTime(_limitsCame);

    public void NoteLimits(RateLimitHeaders limits) => (RateLimits, _limitsCame) = (limits, time.GetTimestamp());

    public void ConnectStarts() => _connectStarted = time.GetTimestamp();

    public void ConnectEnds() => Connect = time.GetElapsedTime(_connectStarted);

    /// <summary>The trace of the attempt that a request is made for; null outside a measured call.</summary>
    public static CallTrace? Of(Microsoft.Extensions.AI.ChatOptions? options) => ModelCall.Of(options)?.Attempt?.Trace;
}
