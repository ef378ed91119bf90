using CostMonitor.Core.Usage;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>What one of our clients tells the meter beside the stream; it travels in the options of the call.</summary>
internal sealed class CallTrace
{
    private const string Name = "costmonitor.trace";

    /// <summary>The caller's name for the call, such as a run id.</summary>
    public string Id { get; init; } = "";

    /// <summary>How long a new connection took; null when a pooled one was used.</summary>
    public TimeSpan? Connect { get; set; }

    /// <summary>The usage in exclusive classes, exactly as the provider reported it.</summary>
    public TokenUsage? Usage { get; set; }

    /// <summary>The provider's id of the request.</summary>
    public string? RequestId { get; set; }

    /// <summary>True once the provider's answer has begun.</summary>
    public bool HasAnswer { get; set; }

    public void AddTo(ChatOptions options) => (options.AdditionalProperties ??= [])[Name] = this;

    /// <summary>The trace of a call; null when somebody else than the meter makes it.</summary>
    public static CallTrace? Of(ChatOptions? options) =>
        options?.AdditionalProperties is { } properties && properties.TryGetValue(Name, out var trace) ? trace as CallTrace : null;
}
