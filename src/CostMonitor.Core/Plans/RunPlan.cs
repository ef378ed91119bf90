using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Plans;

/// <summary>A controlled experiment: the same prompts, with the same parameters, to several models.</summary>
/// <remarks>The independent variables are the model and the prompt; <see cref="DependentVariables"/> says what is measured.</remarks>
public sealed record RunPlan
{
    /// <summary>1 to 50 lower-case letters, digits or dashes; part of the id of every canary run, beside the slot.</summary>
    public required string Name { get; init; }

    /// <summary>Fixes the order of the runs, and is the seed of every resampling.</summary>
    public required ulong Seed { get; init; }

    public required IReadOnlyList<ModelKey> Models { get; init; }

    public required IReadOnlyList<Prompt> Prompts { get; init; }

    /// <summary>How often each pair of model and prompt is measured; 1 if not set.</summary>
    public int Repetitions { get; init; } = 1;

    /// <summary>Calls to each model before the first measured one; never part of any statistic.</summary>
    public int WarmUps { get; init; }

    /// <summary>If set, so many random pairs of prompt and model are drawn instead of every pair (M009).</summary>
    public int? RandomRuns { get; init; }

    /// <summary>Equal for all models.</summary>
    public GenerationParameters Parameters { get; init; } = new();

    /// <summary>The longest wait for one answer; 100 seconds if not set.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Attempts beyond the first: 0 to 10. 0 if not set, since a benchmark that retries hides a provider's errors; 3 for a prompt batch.</summary>
    public int Retries { get; init; }

    /// <summary>True to take answers from the cache and to keep them there; false if not set, since a cached answer measures nothing.</summary>
    public bool UsesCache { get; init; }

    /// <summary>Who asks, where calls have to wait for a provider's limit.</summary>
    public CallLane Lane { get; init; } = CallLane.Canary;

    /// <summary>For whom and for what the calls are made; a prompt may say otherwise.</summary>
    public CallTags Tags { get; init; } = CallTags.None;

    /// <summary>What is given up first when money runs short; normal if not set.</summary>
    public CallPriority Priority { get; init; }

    /// <summary>True to keep prompts and completions with the records; they are never logged.</summary>
    public bool StoreText { get; init; }

    /// <summary>The names of the measured variables that the experiment is about.</summary>
    public IReadOnlyList<string> DependentVariables { get; init; } = Variables.All;
}
