using System.Reflection;
using System.Text.Json;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Functions.Setup;
using CostMonitor.Storage;

namespace CostMonitor.Functions.Api;

/// <summary>GET /api/health: whether storage, settings, models and plan are as the app needs them, and what to mend if not.</summary>
/// <remarks>A deployment that is down, or an alert that no sink took, leaves the app itself well, so that it is answered as degraded, with 200: to start the app anew would not mend it.</remarks>
internal sealed class HealthEndpoint(Composition composition)
{
    public async Task GetAsync(HttpContext context)
    {
        var problems = new List<string>(composition.Telemetry.Faults);
        int? queued = null, poisoned = null;
        UnpricedWatch? unpriced = null;
        IReadOnlyList<KeyValuePair<ModelKey, BreakerStatus>> down = [];
        (AlertSinks Sinks, int Undelivered)? alerts = null;
        try
        {
            var app = await composition.GetAsync(context.RequestAborted);
            queued = await app.Queue.ApproximateMessagesCountAsync(context.RequestAborted);
            poisoned = await app.Batches.Poisoned.WithoutBatchAsync(context.RequestAborted);
            problems.AddRange(PriceEndpoints.Problems(app.Prices.InForce, app.Time.GetUtcNow()));
            problems.AddRange(BudgetEndpoints.Problems(app.Budgets.Known));
            unpriced = app.Unpriced.Found;
            down = [.. app.Models.Breakers().Where(static b => b.Value.State != BreakerState.Closed).OrderBy(static b => b.Key)];
            alerts = (app.Alerts.Sinks, await app.Alerts.Table.UndeliveredAsync(context.RequestAborted));
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
            json.WriteString("status", problems.Count > 0 ? "faulty" : down.Count > 0 || alerts is { Undelivered: > 0 } ? "degraded" : "ok");
            json.WriteString("version", typeof(HealthEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
            if (queued is { } messages) json.WriteNumber("queuedMessages", messages);
            if (poisoned is { } unclaimed) json.WriteNumber("poisonedWithoutBatch", unclaimed);
            unpriced?.Write(json, "unpriced");
            json.WriteStartArray("breakers");
            foreach (var (model, breaker) in down) Write(json, model, breaker);
            json.WriteEndArray();
            if (alerts is var (sinks, undelivered)) AlertEndpoints.WriteHealth(json, sinks, undelivered);
            json.WriteStartArray("problems");
            foreach (var problem in problems) json.WriteStringValue(problem);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, ModelKey model, BreakerStatus breaker)
    {
        json.WriteStartObject();
        json.WriteString("model", model.ToString());
        json.WriteString("state", EnumNames.Of(breaker.State));
        json.WriteString("since", breaker.Since);
        if (breaker.DownSince is { } down) json.WriteString("downSince", down);
        if (breaker.ProbesAt is { } probe) json.WriteString("probesAt", probe);
        json.WriteNumber("failuresInRow", breaker.FailuresInRow);
        if (breaker.LastFailure is { } type) json.WriteString("lastFailure", type);
        json.WriteString("reason", breaker.Reason);
        json.WriteEndObject();
    }
}
