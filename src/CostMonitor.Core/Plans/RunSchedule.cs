using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Plans;

/// <summary>Puts the runs of a plan into their order, which follows from the plan's seed alone.</summary>
/// <remarks>
/// A randomised complete block design: a block is one prompt in one repetition and holds each model once, so that whatever drifts
/// meanwhile (load, caches, the time of day) falls on all models alike. Blocks are shuffled within their repetition, models within their
/// block. Warm-ups come first, all models in turn.
/// </remarks>
public static class RunSchedule
{
    /// <param name="plan">The plan.</param>
    /// <param name="batch">The batch that the runs belong to; their ids follow from it.</param>
    public static IReadOnlyList<RunRequest> Of(RunPlan plan, BatchId batch)
    {
        var random = new SeededRandom(plan.Seed);
        var requests = new List<RunRequest>();
        for (var warmUp = 0; warmUp < plan.WarmUps; warmUp++)
        {
            var prompt = plan.Prompts[warmUp % plan.Prompts.Count];
            foreach (var model in plan.Models) Add(model, prompt, warmUp, RunPhase.WarmUp);
        }

        if (plan.RandomRuns is { } count)
        {
            for (var run = 0; run < count; run++)
            {
                var model = plan.Models[random.NextBelow(plan.Models.Count)];
                Add(model, plan.Prompts[random.NextBelow(plan.Prompts.Count)], 0, RunPhase.Measured);
            }

            return requests;
        }

        for (var repetition = 0; repetition < plan.Repetitions; repetition++)
        {
            var prompts = plan.Prompts.ToArray();
            random.Shuffle<Prompt>(prompts);
            foreach (var prompt in prompts)
            {
                var models = plan.Models.ToArray();
                random.Shuffle<ModelKey>(models);
                foreach (var model in models) Add(model, prompt, repetition, RunPhase.Measured);
            }
        }

        return requests;

        void Add(ModelKey model, Prompt prompt, int repetition, RunPhase phase) => requests.Add(new RunRequest
        {
            Id = new RunId(batch, requests.Count),
            Plan = plan.Name,
            Model = model,
            Prompt = prompt,
            Repetition = repetition,
            Phase = phase,
            Parameters = plan.Parameters,
            Timeout = plan.Timeout,
            Retries = plan.Retries,
            UsesCache = plan.UsesCache,
            Lane = plan.Lane,
            Tags = prompt.Tags.Over(plan.Tags),
            Priority = plan.Priority,
            StoreText = plan.StoreText,
        });
    }
}
