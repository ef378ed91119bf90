using CostMonitor.Core.Plans;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Batches;

/// <summary>A batch of prompts for several models, cut into chunks of one model each.</summary>
public sealed record PromptBatch
{
    /// <summary>
    /// Runs a chunk. A chunk costs four storage transactions of its own (put, get, claim, delete), so at 64 they are a sixteenth of one a run;
    /// a redelivered chunk runs only what is missing, so a large one is not dearer to repeat.
    /// </summary>
    public const int ChunkSize = 64;

    public required BatchId Id { get; init; }

    public required BatchKind Kind { get; init; }

    public required DateTimeOffset Submitted { get; init; }

    /// <summary>Models, prompts, repetitions and parameters.</summary>
    public required RunPlan Plan { get; init; }

    /// <summary>The number of logical runs.</summary>
    public int RunCount => Kind == BatchKind.Canary ? Schedule().Count : Plan.Models.Count * RunsPerModel;

    /// <summary>The chunks in the order in which they are queued: the models take turns.</summary>
    public IReadOnlyList<BatchChunk> Chunks()
    {
        if (Kind == BatchKind.Canary) return [new BatchChunk(0, 0, RunCount, Plan.Models)];
        var chunks = new List<BatchChunk>();
        for (var first = 0; first < RunsPerModel; first += ChunkSize)
        {
            for (var model = 0; model < Plan.Models.Count; model++)
            {
                var count = Math.Min(ChunkSize, RunsPerModel - first);
                chunks.Add(new BatchChunk(chunks.Count, model * RunsPerModel + first, count, [Plan.Models[model]]));
            }
        }

        return chunks;
    }

    /// <summary>The runs of a chunk, in the order in which they are to be made.</summary>
    public IReadOnlyList<RunRequest> RequestsOf(BatchChunk chunk) =>
        Kind == BatchKind.Canary ? Schedule() : [.. Enumerable.Range(chunk.First, chunk.Count).Select(Request)];

    private int RunsPerModel => Plan.Prompts.Count * Plan.Repetitions;

    private IReadOnlyList<RunRequest> Schedule() => RunSchedule.Of(Plan, Id);

    private RunRequest Request(int ordinal)
    {
        var inModel = ordinal % RunsPerModel;
        var prompt = Plan.Prompts[inModel / Plan.Repetitions];
        return new RunRequest
        {
            Id = new RunId(Id, ordinal),
            Plan = Plan.Name,
            Model = Plan.Models[ordinal / RunsPerModel],
            Prompt = prompt,
            Repetition = inModel % Plan.Repetitions,
            Parameters = Plan.Parameters,
            Timeout = Plan.Timeout,
            Retries = Plan.Retries,
            UsesCache = Plan.UsesCache,
            Lane = Plan.Lane,
            Tags = prompt.Tags.Over(Plan.Tags),
            Priority = Plan.Priority,
            StoreText = Plan.StoreText,
        };
    }
}
