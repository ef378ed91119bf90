using CostMonitor.Functions.BatchQueue;
using CostMonitor.Functions.Setup;

namespace CostMonitor.Functions.Api;

/// <summary>The REST API: every address in one place. The host asks for a function key before it forwards a request.</summary>
internal static class ApiRoutes
{
    public static void MapApi(this WebApplication app, Composition composition)
    {
        var (batches, runs, catalog) = (new BatchEndpoints(composition), new RunEndpoints(composition), new CatalogEndpoints(composition));
        var prices = new PriceEndpoints(composition);
        var budgets = new BudgetEndpoints(composition);
        var ledgers = new LedgerEndpoints(composition);
        var cache = new CacheEndpoints(composition);
        var alerts = new AlertEndpoints(composition);
        var rules = new RuleEndpoints(composition);
        var health = new HealthEndpoint(composition);
        var selfTests = new SelfTestEndpoints(composition, app.Services.GetRequiredService<ILogger<ChunkRunner>>());
        Get("/api/health", health.GetAsync);
        app.MapPost("/api/selftest/storage", ApiAnswer.Guarded(app.Logger, selfTests.StorageAsync));
        app.MapPost("/api/selftest/canary", ApiAnswer.Guarded(app.Logger, selfTests.CanaryAsync));
        Get("/api/openapi.json", CatalogEndpoints.OpenApiAsync);
        Get("/api/models", catalog.ModelsAsync);
        Get("/api/prices", prices.ListAsync);
        app.MapPut("/api/prices/{provider}", ApiAnswer.Guarded(app.Logger, prices.PutAsync));
        Get("/api/budgets", budgets.ListAsync);
        Get("/api/budgets/{id}", budgets.GetAsync);
        app.MapPut("/api/budgets/{id}", ApiAnswer.Guarded(app.Logger, budgets.PutAsync));
        app.MapDelete("/api/budgets/{id}", ApiAnswer.Guarded(app.Logger, budgets.RemoveAsync));
        Get("/api/plans", catalog.PlansAsync);
        Get("/api/summary", runs.SummaryAsync);
        app.MapPost("/api/budgets/selftest", ApiAnswer.Guarded(app.Logger, ledgers.SelfTestAsync));
        Get("/api/ledgers", ledgers.ListAsync);
        app.MapPost("/api/ledgers/reconcile", ApiAnswer.Guarded(app.Logger, ledgers.ReconcileAsync));
        Get("/api/ledgers/{budget}/{period}/entries", ledgers.EntriesAsync);
        app.MapPost("/api/ledgers/{budget}/{period}/accept", ApiAnswer.Guarded(app.Logger, ledgers.AcceptAsync));
        Get("/api/runs/{id}", runs.GetAsync);
        Get("/api/batches/{id}", batches.GetAsync);
        Get("/api/batches/{id}/runs", batches.RunsAsync);
        Get("/api/alerts/rules", rules.GetAsync);
        Get("/api/cache", cache.GetAsync);
        app.MapDelete("/api/cache", ApiAnswer.Guarded(app.Logger, cache.ClearAsync));
        Get("/api/alerts", alerts.ListAsync);
        app.MapPost("/api/alerts/{id}/acknowledge", ApiAnswer.Guarded(app.Logger, alerts.AcknowledgeAsync));
        app.MapPost("/api/alerts/test", ApiAnswer.Guarded(app.Logger, alerts.TestAsync));
        Get("/api/alerts/silences", alerts.SilencesAsync);
        app.MapPost("/api/alerts/silences", ApiAnswer.Guarded(app.Logger, alerts.SilenceAsync));
        app.MapDelete("/api/alerts/silences/{id}", ApiAnswer.Guarded(app.Logger, alerts.EndSilenceAsync));
        app.MapPost("/api/batches", ApiAnswer.Guarded(app.Logger, batches.SubmitAsync, ApiLimits.MaxBodyBytes));
        app.Map("/api/{*path}", ApiAnswer.Guarded(app.Logger, context =>
            throw ApiProblem.NotFound($"{context.Request.Method} {context.Request.Path}; see /api/openapi.json")));

        void Get(string path, RequestDelegate endpoint) => app.MapGet(path, ApiAnswer.Guarded(app.Logger, endpoint));
    }
}
