using System.Globalization;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Runs;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.Api;

/// <summary>Submits batches and shows how far they are.</summary>
internal sealed class BatchEndpoints(Composition composition)
{
    /// <summary>POST /api/batches: JSON, or a CSV of prompts with <c>?models=</c>.</summary>
    public async Task SubmitAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        var batch = await ReadAsync(context.Request, app);
        if (await app.Batches.AddAsync(batch, context.RequestAborted))
        {
            // From here on the batch is stored: whoever asked may go, maintenance would queue what is missing.
            await Task.WhenAll(batch.Chunks().Select(c =>
                app.Queue.SendMessageAsync(new ChunkMessage(batch.Id, c.Index).ToJson(), TimeSpan.Zero, CancellationToken.None)));
        }
        else if (await app.Batches.FindAsync(batch.Id, context.RequestAborted) is { } stored && !BatchFile.AsksForTheSame(stored, batch))
        {
            throw new ApiProblem(StatusCodes.Status409Conflict, $"There is another batch '{batch.Id}'; a batch id can be used again only for the same batch.");
        }

        context.Response.Headers.Location = $"/api/batches/{batch.Id}";
        await WriteProgressAsync(context, app, batch.Id, StatusCodes.Status202Accepted);
    }

    /// <summary>GET /api/batches/{id}.</summary>
    public async Task GetAsync(HttpContext context) =>
        await WriteProgressAsync(context, await composition.GetAsync(context.RequestAborted), IdOf(context), StatusCodes.Status200OK);

    /// <summary>GET /api/batches/{id}/runs?top=&amp;continuation=.</summary>
    public async Task RunsAsync(HttpContext context)
    {
        var query = new ApiQuery(context.Request);
        var top = query.Integer("top", ApiLimits.DefaultPage, 1, ApiLimits.MaxPage);
        query.ThrowIfFaulty();
        var app = await composition.GetAsync(context.RequestAborted);
        var (runs, continuation) = await PageAsync(app, IdOf(context), top, query.Text("continuation"), context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("runs");
            foreach (var run in runs) RunJson.Write(json, run);
            json.WriteEndArray();
            json.WriteString("continuation", continuation);
            json.WriteEndObject();
        });
    }

    private static async Task<(IReadOnlyList<RunRecord> Runs, string? Continuation)> PageAsync(
        RunningApp app, BatchId id, int top, string? continuation, CancellationToken cancellationToken)
    {
        try
        {
            return await app.Batches.RunsAsync(id, top, continuation, cancellationToken) ?? throw ApiProblem.NotFound($"batch '{id}'");
        }
        catch (ArgumentException e)
        {
            throw new ApiProblem(StatusCodes.Status400BadRequest, e.Message);
        }
    }

    private static async Task WriteProgressAsync(HttpContext context, RunningApp app, BatchId id, int status)
    {
        var progress = await app.Batches.ProgressAsync(id, context.RequestAborted) ?? throw ApiProblem.NotFound($"batch '{id}'");
        await ApiAnswer.JsonAsync(context, status, json => BatchProgressJson.Write(json, progress));
    }

    private static async Task<PromptBatch> ReadAsync(HttpRequest request, RunningApp app)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        var id = new BatchId(string.Create(
            CultureInfo.InvariantCulture, $"b{app.Time.GetUtcNow().UtcDateTime:yyyyMMdd't'HHmmss}-{Guid.NewGuid().ToString("N")[..8]}"));
        if (request.ContentType?.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) != true)
        {
            return BatchFile.Parse(body, id, app.Time.GetUtcNow(), app.Models.Configuration.Knows);
        }

        var query = new ApiQuery(request);
        var models = query.Models("models");
        foreach (var model in models.Where(m => !app.Models.Configuration.Knows(m))) query.Fault("models", $"{model} is not in models.json.");
        var named = query.Batch("batch");
        query.ThrowIfFaulty();
        return BatchFile.OfCsv(body, models, named ?? id, app.Time.GetUtcNow());
    }

    private static BatchId IdOf(HttpContext context) =>
        context.Request.RouteValues["id"] is string id && BatchId.IsValid(id)
            ? new BatchId(id)
            : throw ApiProblem.NotFound($"batch '{context.Request.RouteValues["id"]}'");
}
