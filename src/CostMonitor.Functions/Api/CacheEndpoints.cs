using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.Api;

/// <summary>Shows what the cache does, and removes answers from it.</summary>
internal sealed class CacheEndpoints(Composition composition)
{
    private const string Filters = "promptVersion, model, key or all=true";

    /// <summary>GET /api/cache: the figures of this process since its start.</summary>
    public async Task GetAsync(HttpContext context)
    {
        var app = await composition.GetAsync(context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json => CacheFiguresJson.Write(json, app.Models.Cache.Figures));
    }

    /// <summary>DELETE /api/cache?promptVersion=|model=|key=|all=true: removes answers from this process's memory and the shared cache, and in half a minute from other processes' memories.</summary>
    public async Task ClearAsync(HttpContext context)
    {
        var filter = Read(new ApiQuery(context.Request));
        var app = await composition.GetAsync(context.RequestAborted);
        var (memory, shared) = await app.Models.Cache.ClearAsync(filter, context.RequestAborted);
        await ApiAnswer.JsonAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("memory", memory);
            json.WriteNumber("shared", shared);
            json.WriteEndObject();
        });
    }

    private static AnswerFilter Read(ApiQuery query)
    {
        var filters = new List<AnswerFilter>();
        if (query.Text("promptVersion") is { } version) filters.Add(new AnswerFilter.OfPromptVersion(version));
        if (query.Text("model") is { } name)
        {
            if (!ModelKey.TryParse(name, out var model)) query.Fault("model", $"'{name}' is no model: expected provider:model, as in openai:gpt-4o.");
            filters.Add(new AnswerFilter.OfModel(model));
        }

        if (query.Text("key") is { } text)
        {
            if (!CacheKey.TryParse(text, out var key)) query.Fault("key", $"'{text}' is no key: expected 64 hex digits.");
            filters.Add(new AnswerFilter.One(key));
        }

        if (query.Text("all") is { } all)
        {
            if (all != "true") query.Fault("all", $"Expected true, got '{all}'.");
            filters.Add(new AnswerFilter.All());
        }

        if (filters.Count != 1) query.Fault("cache", $"Expected exactly one of {Filters}, got {(filters.Count == 0 ? "none" : "several")}.");
        query.ThrowIfFaulty();
        return filters[0];
    }
}
