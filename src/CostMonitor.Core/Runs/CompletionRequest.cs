using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Runs;

/// <summary>One question to one model.</summary>
public sealed record CompletionRequest
{
    /// <summary>The caller's name for the question, such as a run id; a simulated answer follows from it.</summary>
    public string Id { get; init; } = "";

    public required ModelKey Model { get; init; }

    /// <summary>The system instruction; null for none.</summary>
    public string? System { get; init; }

    public required string Prompt { get; init; }

    public GenerationParameters Parameters { get; init; } = new();

    /// <summary>True to ask for the provider's JSON mode, where the model has one.</summary>
    public bool WantsJson { get; init; }

    /// <summary>The longest wait for the whole answer of one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>The most attempts beyond the first at one deployment: 0 to 10.</summary>
    public int Retries { get; init; }

    public CallLane Lane { get; init; }

    /// <summary>For whom and for what the call is made.</summary>
    public CallTags Tags { get; init; } = CallTags.None;

    /// <summary>What is given up first when money runs short; normal if not set.</summary>
    public CallPriority Priority { get; init; }

    /// <summary>True to take a cached answer if there is one, and to keep this one.</summary>
    public bool UsesCache { get; init; }

    /// <summary>What an answer must keep to be cached; null for any that ended of itself.</summary>
    public OutputContract? Contract { get; init; }
}
