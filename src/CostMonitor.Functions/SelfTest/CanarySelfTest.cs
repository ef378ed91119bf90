using System.Text.Json;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Functions.BatchQueue;
using CostMonitor.Functions.Setup;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Configuration;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.SelfTest;

/// <summary>Proves that a canary comes from its plan to its record: a simulated model through the calling chain, priced, stored, and read back.</summary>
/// <remarks>Its batch and runs lie in tables of their own, which are removed, and its calls pass no budget: they enter no figure and no spend. Only telemetry sees them, tagged with the experiment self-test.</remarks>
/// <param name="Model">The simulated model.</param>
/// <param name="Measured">The measured run as it was read back; null when there was none.</param>
/// <param name="Faults">What was not as it must be; empty when the test is passed.</param>
internal sealed record CanarySelfTest(ModelKey Model, RunRecord? Measured, IReadOnlyList<string> Faults)
{
    private const string Models = """{"models":[{"model":"sim:small-latest","api":"simulated","simulated":{"ttftMs":{"median":20},"tokensPerSecond":500,"outputTokens":{"median":10}}}]}""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60), Lease = TimeSpan.FromSeconds(30);

    /// <exception cref="Storage.StorageException">Storage refused a part of it.</exception>
    /// <exception cref="OperationCanceledException">It took longer than a minute.</exception>
    public static async Task<CanarySelfTest> RunAsync(RunningApp app, ILogger<ChunkRunner> logger, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var name = $"SelfTest{Guid.NewGuid():N}";
        var runs = new RunTable(app.Account, app.Time, name + "Runs");
        var batches = new BatchTable(app.Account, runs, app.Time, name + "Batches");
        try
        {
            await Task.WhenAll(runs.CreateIfNotExistsAsync(limit.Token), batches.CreateIfNotExistsAsync(limit.Token));
            using var models = new ModelClients(ModelConfiguration.Parse(Models, "self-test", static _ => null), null, app.Time);
            var batch = BatchOf(models, app.Time.GetUtcNow());
            await batches.AddAsync(batch, limit.Token);
            using var gate = new SemaphoreSlim(1);
            var loop = new RunLoop(new RunEngine(models, () => app.Prices.InForce.Catalog, app.Time), app.Time, gate);
            await new ChunkRunner(batches, runs, loop, Lease, static (_, _) => { }, app.Time, logger).RunAsync(batch.Id, 0, limit.Token);
            return Judge(batch, await batches.RunsAsync(batch.Id, limit.Token).ToListAsync(limit.Token), app.Prices.InForce.Catalog);
        }
        finally
        {
            await Task.WhenAll(runs.DeleteTableAsync(CancellationToken.None), batches.DeleteTableAsync(CancellationToken.None));
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("model", Model.ToString());
        if (Measured is { } run) json.WriteNumber("latencyMs", Math.Round(run.Timings.EndToEnd.TotalMilliseconds, 1));
        if (Measured?.Cost.Amount is { } cost) json.WriteNumber("simulatedCostUsd", cost.Amount);
    }

    private static PromptBatch BatchOf(ModelClients models, DateTimeOffset now) => new()
    {
        Id = BatchId.ForSlot("self-test", now),
        Kind = BatchKind.Canary,
        Submitted = now,
        Plan = new RunPlan
        {
            Name = "self-test",
            Seed = 1,
            Models = [models.Configuration.Models[0].Model],
            Prompts = [new Prompt { Id = "self-test", Category = "qa", Text = "Name a colour." }],
            WarmUps = 1,
            Tags = new CallTags { Experiment = "self-test" },
        },
    };

    private static CanarySelfTest Judge(PromptBatch batch, IReadOnlyList<RunRecord> stored, PriceCatalog catalog)
    {
        var (model, faults) = (batch.Plan.Models[0], new List<string>());
        var measured = stored.FirstOrDefault(static r => r.Phase == RunPhase.Measured);
        if (stored.Count != batch.RunCount) faults.Add($"{batch.RunCount} runs were made and {stored.Count} are stored.");
        if (measured is null) faults.Add("There is no measured run.");
        else if (measured.Failure is { } failure) faults.Add($"The simulated call failed: {failure.Message}");
        else if (measured.Cost.Amount is not { } cost || cost <= Usd.Zero) faults.Add($"{model} has no price in force, so that its cost is unknown.");
        else if (!RunReview.Of(measured, catalog, batch.Plan.Prompts[0]).Agrees) faults.Add("The stored run does not agree with what is worked out from it anew.");
        return new CanarySelfTest(model, measured, faults);
    }
}
