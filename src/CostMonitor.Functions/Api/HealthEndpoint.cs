using System.Reflection;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.Setup;
using CostMonitor.Storage;

namespace CostMonitor.Functions.Api;

/// <summary>GET /api/health: whether storage, settings, models and plan are as the app needs them, and what to mend if not.</summary>
internal sealed class HealthEndpoint(Composition composition)
{
    public async Task GetAsync(HttpContext context)
    {
        var problems = new List<string>();
        int? queued = null, poisoned = null;
        UnpricedWatch? unpriced = null;
        try
        {
            var app = await composition.GetAsync(context.RequestAborted);
            queued = await app.Queue.ApproximateMessagesCountAsync(context.RequestAborted);
            poisoned = await app.Batches.Poisoned.WithoutBatchAsync(context.RequestAborted);
            problems.AddRange(PriceEndpoints.Problems(app.Prices.InForce, app.Time.GetUtcNow()));
            unpriced = app.Unpriced.Found;
            app.CanaryPlan();
        }
        catch (InputException e)
        {
            problems.AddRange(e.Faults.Select(f => f.ToString()));
        }
        catch (Exception e) when (e is StorageException or InvalidOperationException or FormatException)
        {
            problems.Add(e.Message);
        }

        await ApiAnswer.JsonAsync(context, problems.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, json =>
        {
            json.WriteStartObject();
            json.WriteString("status", problems.Count == 0 ? "ok" : "faulty");
            json.WriteString("version", typeof(HealthEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
            if (queued is { } messages) json.WriteNumber("queuedMessages", messages);
            if (poisoned is { } unclaimed) json.WriteNumber("poisonedWithoutBatch", unclaimed);
            unpriced?.Write(json, "unpriced");
            json.WriteStartArray("problems");
            foreach (var problem in problems) json.WriteStringValue(problem);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
