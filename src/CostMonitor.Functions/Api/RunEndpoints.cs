using CostMonitor.Core.Runs;
using CostMonitor.Core.Statistics;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.Api;

/// <summary>Shows single runs and summaries.</summary>
internal sealed class RunEndpoints(Composition composition)
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(1);

    /// <summary>GET /api/runs/{id}: the record, and its cost, latency and quality recomputed from it.</summary>
    public async Task GetAsync(HttpContext context)
    {
        var text = context.Request.RouteValues["id"] as string;
        if (!RunId.TryParse(text, out var id)) throw ApiProblem.NotFound($"run '{text}': a run id is a batch id, a dot and six digits");
        var app = await composition.GetAsync(context.RequestAborted);
        var run = await app.Batches.FindRunAsync(id, context.RequestAborted) ?? throw ApiProblem.NotFound($"run '{id}'");
        var batch = await app.Batches.FindAsync(id.Batch, context.RequestAborted);
        var prompt = batch?.Plan.Prompts.FirstOrDefault(p => p.Id == run.PromptId);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json => RunReview.Of(run, app.Prices.InForce.Catalog, prompt).Write(json));
    }

    /// <summary>GET /api/summary?from=&amp;to=&amp;by=, or of one batch with ?batch=; of the runs with some tags with ?team=&amp;app=&amp;feature=&amp;user=&amp;experiment=.</summary>
    public async Task SummaryAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var query = new ApiQuery(context.Request);
        var before = query.Instant("to", app.Time.GetUtcNow());
        var from = query.Instant("from", before - DefaultSpan);
        var (by, batch, tags) = (query.Grouping("by"), query.Batch("batch"), query.Tags());
        if (from >= before) query.Fault("from", "Must be earlier than 'to'.");
        else if (before - from > ApiLimits.MaxSummarySpan) query.Fault("from", $"At most {ApiLimits.MaxSummarySpan.TotalDays:0} days before 'to'.");
        query.ThrowIfFaulty();
        if (batch is { } id && await app.Batches.FindAsync(id, context.RequestAborted) is null) throw ApiProblem.NotFound($"batch '{id}'");

        var runs = batch is { } one
            ? app.Batches.RunsAsync(one, context.RequestAborted)
            : app.Runs.QueryAsync(await app.Batches.ModelsAsync(context.RequestAborted), from, before, context.RequestAborted);
        var summary = Summary.Of(await runs.Where(r => r.Tags.Meet(tags)).ToListAsync(context.RequestAborted), by);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json => SummaryJson.Write(json, summary));
    }
}
