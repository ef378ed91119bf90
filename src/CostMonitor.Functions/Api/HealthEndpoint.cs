using System.Reflection;
using System.Text.Json;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Checks;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Functions.Setup;
using CostMonitor.Storage;

namespace CostMonitor.Functions.Api;

/// <summary>GET /api/health: whether secrets, storage, clock, settings, models, plan and the budgets' books are as the app needs them, and what to mend if not.</summary>
/// <remarks>
/// It answers within <see cref="Limit"/> and a probe's time, whatever is wrong. A deployment that is down, or an alert that no sink took, leaves the app itself well,
/// so that it is answered as degraded, with 200: to start the app anew would not mend it.
/// </remarks>
internal sealed class HealthEndpoint(Composition composition)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public async Task GetAsync(HttpContext context)
    {
        var (problems, figures) = (await SetupProblemsAsync(context.RequestAborted), default(Figures?));
        if (problems.Count == 0) (problems, figures) = await LookAsync(context.RequestAborted);
        problems = [.. composition.Telemetry.Faults, .. problems];
        await ApiAnswer.JsonAsync(context, problems.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, json => Write(json, problems, figures));
    }

    /// <summary>What keeps the app from being put together. The files of one that runs were read when it was.</summary>
    private async Task<IReadOnlyList<string>> SetupProblemsAsync(CancellationToken cancellationToken)
    {
        var platform = await composition.Checks.OfPlatformAsync(cancellationToken);
        var files = composition.IsComposed ? [] : composition.Checks.OfFiles();
        return [.. platform.Concat(files).Where(static c => c.Outcome == CheckOutcome.Failed).SelectMany(static c => c.Problems).Select(static p => p.ToString())];
    }

    private async Task<(IReadOnlyList<string> Problems, Figures? Figures)> LookAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var app = await composition.GetAsync(either.Token);
            var figures = await Figures.OfAsync(app, either.Token);
            app.CanaryPlan();
            return ([.. PriceEndpoints.Problems(app.Prices.InForce, app.Time.GetUtcNow()), .. BudgetEndpoints.Problems(app.Budgets.Known), .. await LedgerEndpoints.ProblemsAsync(app, either.Token)], figures);
        }
        catch (InputException e)
        {
            return ([.. e.Faults.Select(static f => f.ToString())], null);
        }
        catch (StorageException e)
        {
            return ([composition.Checks.Of(e).ToString()], null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ([new Problem("storage", $"It answers, but not all that the app asks within {Limit.TotalSeconds:0} s.", "Look at the account's latency and throttling in Azure Monitor.").ToString()], null);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            return ([e.Message], null);
        }
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<string> problems, Figures? figures)
    {
        json.WriteStartObject();
        json.WriteString("status", problems.Count > 0 ? "faulty" : figures is { IsDegraded: true } ? "degraded" : "ok");
        json.WriteString("version", typeof(HealthEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        figures?.Write(json);
        json.WriteStartArray("breakers");
        foreach (var (model, breaker) in figures?.Down ?? []) Write(json, model, breaker);
        json.WriteEndArray();
        if (figures is { } known) AlertEndpoints.WriteHealth(json, known.Sinks, known.Undelivered);
        json.WriteStartArray("problems");
        foreach (var problem in problems) json.WriteStringValue(problem);
        json.WriteEndArray();
        json.WriteEndObject();
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

    private sealed record Figures(int Queued, int Poisoned, UnpricedWatch? Unpriced, IReadOnlyList<KeyValuePair<ModelKey, BreakerStatus>> Down, AlertSinks Sinks, int Undelivered)
    {
        public bool IsDegraded => Down.Count > 0 || Undelivered > 0;

        public static async Task<Figures> OfAsync(RunningApp app, CancellationToken cancellationToken) => new(
            await app.Queue.ApproximateMessagesCountAsync(cancellationToken),
            await app.Batches.Poisoned.WithoutBatchAsync(cancellationToken),
            app.Unpriced.Found,
            [.. app.Models.Breakers().Where(static b => b.Value.State != BreakerState.Closed).OrderBy(static b => b.Key)],
            app.Alerts.Sinks,
            await app.Alerts.Table.UndeliveredAsync(cancellationToken));

        public void Write(Utf8JsonWriter json)
        {
            json.WriteNumber("queuedMessages", Queued);
            json.WriteNumber("poisonedWithoutBatch", Poisoned);
            Unpriced?.Write(json, "unpriced");
        }
    }
}
