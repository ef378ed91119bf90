using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Statistics;
using CostMonitor.Providers.Calling;
using Xunit;

namespace CostMonitor.Providers.Tests.Aimock;

/// <summary>The whole job, from a plan to its summary, with calls over HTTP to a server that this project did not write.</summary>
public sealed class MainJobTests(AimockServer server) : IClassFixture<AimockServer>, IDisposable
{
    private readonly ModelClients _clients = Given.Clients(server.Address);

    public void Dispose() => _clients.Dispose();

    [Fact]
    public async Task RunAsync_GivenAPlan_RecordsPricesChecksAndSummarisesEveryRun()
    {
        var plan = new RunPlan
        {
            Name = "aimock", Seed = 7, Models = [Given.Chat], Repetitions = 3, WarmUps = 1,
            Prompts =
            [
                Prompt("capital", "Name the capital of France.", "Paris"),
                Prompt("usage", "Answer with usage.", "Counted"),
                Prompt("limit", "You are too fast.", null),
            ],
        };
        var records = new Records();
        using var gate = new SemaphoreSlim(4);
        var loop = new RunLoop(new RunEngine(_clients, PriceOf(Given.Chat), TimeProvider.System), TimeProvider.System, gate);

        await loop.RunAsync(RunSchedule.Of(plan, new BatchId("aimock")), records, CancellationToken.None);

        var total = Summary.Of(records.Runs, SummaryGrouping.Model).Total;
        Assert.Equal((9, 6, 3, 1), (total.Runs, total.Succeeded, total.Failed, total.WarmUps));
        Assert.Equal(3, total.FailedAt[FailureStage.Provider]);
        Assert.Equal(1.0, total.ComplianceRate);
        Assert.Equal(6, total.LatencyMs?.N);
        Assert.All(records.Runs.Where(r => r.PromptId == "usage" && r.Phase == RunPhase.Measured),
            r => Assert.Equal(new Usd(0.000025m), r.Cost.Amount)); // 11 tokens in at $1 and 7 out at $2 a million
    }

    private static Prompt Prompt(string id, string text, string? expected) => new()
    {
        Id = id, Category = "qa", Text = text,
        Contract = OutputContract.Create(new ContractText(null, null, null, null, null, expected), (_, fault) => throw new InvalidOperationException(fault)),
    };

    private static PriceCatalog PriceOf(ModelKey model) => PriceFile.ParseAll(
    [
        ("test.json", $$"""
            { "provider": "{{model.Provider}}", "models": [ { "model": "{{model.Model}}", "prices": [
              { "label": "test", "effectiveFrom": "2020-01-01", "checked": "2026-11-21", "source": "test", "currency": "USD",
                "perMillionTokens": { "input": 1, "output": 2 } } ] } ] }
            """),
    ]);

    private sealed class Records : IRunWriter
    {
        private readonly Lock _lock = new();

        public List<RunRecord> Runs { get; } = [];

        public Task AddAsync(RunRecord record, CancellationToken cancellationToken)
        {
            lock (_lock) Runs.Add(record);
            return Task.CompletedTask;
        }
    }
}
