using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Runs;

/// <summary>One run that is to be made.</summary>
public sealed record RunRequest
{
    public required RunId Id { get; init; }

    /// <summary>The plan's name, or the batch's.</summary>
    public required string Plan { get; init; }

    public required ModelKey Model { get; init; }

    public required Prompt Prompt { get; init; }

    /// <summary>Which repetition of the pair of model and prompt it is, from 0.</summary>
    public int Repetition { get; init; }

    public RunPhase Phase { get; init; }

    public GenerationParameters Parameters { get; init; } = new();

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <inheritdoc cref="RunPlan.Retries"/>
    public int Retries { get; init; }

    /// <inheritdoc cref="RunPlan.UsesCache"/>
    public bool UsesCache { get; init; }

    /// <inheritdoc cref="RunPlan.Lane"/>
    public CallLane Lane { get; init; } = CallLane.Canary;

    /// <summary>The prompt's tags over the plan's.</summary>
    public CallTags Tags { get; init; } = CallTags.None;

    /// <inheritdoc cref="RunPlan.Priority"/>
    public CallPriority Priority { get; init; }

    /// <summary>True to keep the prompt and the completion with the record.</summary>
    public bool StoreText { get; init; }

    public CompletionRequest ToCompletion() => new()
    {
        Id = Id.ToString(),
        Model = Model,
        System = Prompt.System,
        Prompt = Prompt.Text,
        Parameters = Parameters,
        WantsJson = Prompt.Contract.Format == OutputFormat.Json,
        Timeout = Timeout,
        Retries = Retries,
        UsesCache = UsesCache,
        Lane = Lane,
        Tags = Tags,
        Priority = Priority,
        Contract = Prompt.Contract,
    };
}
