using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>What the wire knows of one call and the stream of updates does not carry. The meter puts it into the options, the wire fills it.</summary>
internal sealed class CallTrace(TimeProvider time)
{
    private const string OptionsKey = "costmonitor.trace";

    /// <summary>Under this key <see cref="ChatOptions.AdditionalProperties"/> holds the caller's id of the question.</summary>
    public const string RunKey = "costmonitor.run";

    public static readonly HttpRequestOptionsKey<CallTrace> RequestKey = new(OptionsKey);

    private long _connectStarted;

    /// <summary>The time from DNS to the end of the TLS handshake, if this call made a connection.</summary>
    public TimeSpan? Connect { get; private set; }

    /// <summary>True from the moment that the head of an answer is there.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>The status of the answer, once it is there.</summary>
    public int? HttpStatus { get; set; }

    /// <summary>The provider's id of the request.</summary>
    public string? RequestId { get; set; }

    /// <summary>The provider's word for the tier that served the call; null if it did not say.</summary>
    public string? ServiceTier { get; set; }

    public void ConnectStarts() => _connectStarted = time.GetTimestamp();

    public void ConnectEnds() => Connect = time.GetElapsedTime(_connectStarted);

    public void AttachTo(ChatOptions options) => (options.AdditionalProperties ??= [])[OptionsKey] = this;

    public static CallTrace? Of(ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(OptionsKey, out var trace) == true ? trace as CallTrace : null;
}
