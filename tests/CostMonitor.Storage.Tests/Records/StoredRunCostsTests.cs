using CostMonitor.Core.Batches;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Storage.Records;
using CostMonitor.Storage.Tables;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Records;

/// <summary>Changes of stored costs against the emulator: rows, columns, markers, kills, conflicts and the way back.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class StoredRunCostsTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly ModelKey A = new("test", "priced"), B = new("test", "late");

    // 10 tokens in and 20 out cost 0.00005 USD with both models; 'late' had no price when the runs were recorded.
    private static readonly PriceCatalog Catalog = PriceFile.ParseAll([("test.json", """
        { "provider": "test", "models": [
          { "model": "priced", "prices": [ { "label": "now", "effectiveFrom": "2026-01-01", "checked": "2026-01-01", "source": "s", "currency": "USD", "perMillionTokens": { "input": 1, "output": 2 } } ] },
          { "model": "late", "prices": [ { "label": "now", "effectiveFrom": "2026-01-01", "checked": "2026-01-01", "source": "s", "currency": "USD", "perMillionTokens": { "input": 1, "output": 2 } } ] } ] }
        """)]);

    private readonly SteppedTime _time = new(Start);
    private readonly BatchId _id = new($"r{Guid.NewGuid():N}");
    private readonly StorageAccount _account = azurite.Account;
    private readonly RunTable _runs = new(azurite.Account, TimeProvider.System);
    private BatchTable _batches = null!;
    private PriceChangeTable _changes = null!;

    private RepricingRequest Fill => new() { Kind = PriceChangeKind.Fill, Batch = _id };

    private RepricingRequest Reprice => new() { Kind = PriceChangeKind.Reprice, Batch = _id };

    public async Task InitializeAsync()
    {
        _batches = new BatchTable(_account, _runs, _time);
        _changes = new PriceChangeTable(_account);
        await _runs.CreateIfNotExistsAsync(None);
        await _batches.CreateIfNotExistsAsync(None);
        await _changes.CreateIfNotExistsAsync(None);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task PreviewAsync_GivenUnpricedRuns_SaysWhatWouldChangeAndChangesNothing()
    {
        await RunBatchAsync(prompts: 40);

        var report = await Changes().PreviewAsync(Fill, None);

        Assert.Equal((80L, 40L, new CostSum(new Usd(0.04m), 40), new CostSum(new Usd(0.042m), 0)), // 40 * 0.001 + 40 * 0.00005
            (report.Total.Runs, report.Total.Changed, report.Total.Before, report.Total.After));
        Assert.Equal(40, (await _batches.ProgressAsync(_id, None))?.Unpriced);
    }

    [Fact]
    public async Task ApplyAsync_GivenUnpricedRuns_FillsRowsColumnsAndMarkers()
    {
        await RunBatchAsync(prompts: 40);

        var (head, report) = await Changes().ApplyAsync(Fill, "ann", None);

        var progress = await _batches.ProgressAsync(_id, None);
        var runs = await _batches.RunsAsync(_id, None).ToListAsync();
        Assert.Equal((new Usd(0.042m), 0, BatchState.Done), (progress?.Cost, progress?.Unpriced, progress?.State));
        Assert.Equal(40, report.Total.Changed);
        Assert.All(runs.Where(r => r.Model == B), run => Assert.Equal(
            (CallCost.Known(new Usd(0.00005m), "now"), new PriceChange(head.Id, head.At, PriceChangeKind.Fill, CallCost.Unknown("No price."), "ann")), (run.Cost, Assert.Single(run.PriceChanges))));
        Assert.All(runs.Where(r => r.Model == A), run => Assert.Empty(run.PriceChanges));
        Assert.All(await RowsAsync(B), row => Assert.Equal(("0.00005", null), (row.GetString("CostUsd"), row.GetBoolean("Unpriced"))));
        Assert.Equal((PriceChangeState.Applied, report.Total), (await FindAsync(head.Id) is { } kept ? (kept.State, kept.Outcome) : default));
    }

    [Fact]
    public async Task ApplyAsync_GivenChargedRuns_LeavesWhatTheyWereChargedTo()
    {
        await RunBatchAsync(prompts: 3, run => run with { Ledgers = ["all|2026-11|"], Worker = _id.ToString() });

        await Changes().ApplyAsync(Fill, "ann", None);

        var spent = await _runs.SpentAsync([A, B], Start, Start.AddDays(1), None).Where(s => s.Worker == _id.ToString()).ToListAsync();
        var run = (await _batches.RunsAsync(_id, None).ToListAsync()).First(r => r.Model == B);
        Assert.Equal(3, spent.Count(s => s.Cost is null)); // B had no price when its runs were charged
        Assert.Equal(3, spent.Count(s => s.Cost == new Usd(0.001m)));
        Assert.Equal((1, _id.ToString(), new Usd(0.00005m)), (run.Ledgers.Count, run.Worker, run.Cost.Amount));
    }

    [Fact]
    public async Task ApplyAsync_GivenTheSameFillTwice_ChangesNothingMore()
    {
        await RunBatchAsync(prompts: 5);
        await Changes().ApplyAsync(Fill, "ann", None);

        var (_, again) = await Changes().ApplyAsync(Fill, "ann", None);

        Assert.Equal((10L, 0L), (again.Total.Runs, again.Total.Changed));
    }

    [Fact]
    public async Task ApplyAsync_GivenAPeriod_ChangesOnlyTheRunsOfItAndStillCountsTheWholeChunk()
    {
        await RunBatchAsync(prompts: 10, run => run with { Started = Start.AddMinutes(run.Id.Ordinal % 10) });

        var (_, report) = await Changes().ApplyAsync(Fill with { From = Start.AddMinutes(2), Before = Start.AddMinutes(5), Batch = null }, "ann", None);

        var progress = await _batches.ProgressAsync(_id, None);
        var changed = (await _batches.RunsAsync(_id, None).ToListAsync()).Where(r => r.PriceChanges.Count > 0).Select(r => r.Id.Ordinal);
        Assert.Equal([12, 13, 14], changed.Order()); // the second model's runs are 10 to 19
        Assert.Equal((new Usd(0.01015m), 7), (progress?.Cost, progress?.Unpriced)); // 10 * 0.001 + 3 * 0.00005
        Assert.True(report.Total.Changed >= 3); // other tests' runs may be of the period too
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task ResumeAsync_GivenAChangeThatWasKilled_DoesTheRestOnce(int transactions)
    {
        await RunBatchAsync(prompts: 200);
        var dying = new DyingHandler(transactions);
        await Assert.ThrowsAnyAsync<Exception>(() => Changes(Connected(dying)).ApplyAsync(Reprice, "ann", None));
        var head = Assert.Single(await _changes.ListAsync(None), c => c.Request.Batch == _id);
        Assert.Equal(PriceChangeState.Applying, head.State);
        Assert.Contains((await _batches.RunsAsync(_id, None).ToListAsync()), r => r.PriceChanges.Count == 0);

        var (done, report) = await Changes().ResumeAsync(head.Id, None);

        var (runs, progress) = (await _batches.RunsAsync(_id, None).ToListAsync(), await _batches.ProgressAsync(_id, None));
        Assert.All(runs, run => Assert.Equal(head.Id, Assert.Single(run.PriceChanges).Id));
        Assert.Equal((new Usd(0.02m), 0), (progress?.Cost, progress?.Unpriced)); // 400 * 0.00005
        Assert.Equal((PriceChangeState.Applied, 400L, new CostSum(new Usd(0.2m), 200)), (done.State, report.Total.Changed, report.Total.Before)); // as if it had not been killed
    }

    [Fact]
    public async Task ChangeAsync_GivenAMarkerThatWasLeftBehind_PutsItRight()
    {
        await RunBatchAsync(prompts: 5);
        var (head, _) = await Changes().ApplyAsync(Reprice, "ann", None);
        var partition = RunPartition.Of(B, RunPartition.Hour(Start));
        var stale = new ChunkCounts(5, 5, Usd.Zero, 5).ToMarker(partition, RunTable.MarkerKey(_id, 1));
        await _account.Table("Runs").InsertOrReplaceAsync(stale, None);

        await Costs(_account).ChangeAsync(new CostChange(new Repricer(Catalog, Reprice), Reprice, head), None);

        Assert.Equal(new Usd(0.0005m), (await _batches.ProgressAsync(_id, None))?.Cost); // 10 * 0.00005
    }

    [Fact]
    public async Task ApplyAsync_GivenTwoChangesAtOnce_KeepsBothInTheHistoryAndTheMarkersRight()
    {
        await RunBatchAsync(prompts: 60);

        await Task.WhenAll(Changes().ApplyAsync(Fill, "ann", None), Changes().ApplyAsync(Reprice, "bob", None));

        var (runs, progress) = (await _batches.RunsAsync(_id, None).ToListAsync(), await _batches.ProgressAsync(_id, None));
        Assert.All(runs, run => Assert.Equal(CallCost.Known(new Usd(0.00005m), "now"), run.Cost));
        Assert.All(runs, run => Assert.Single(run.PriceChanges)); // the second one found the price there
        Assert.Equal((new Usd(0.006m), 0), (progress?.Cost, progress?.Unpriced)); // 120 * 0.00005
    }

    [Fact]
    public async Task ApplyAsync_GivenAChunkThatAWorkerHolds_LeavesItsRuns()
    {
        await _batches.AddAsync(Batch(prompts: 5), None);
        var claim = Assert.IsType<ClaimResult.Granted>(await _batches.Claims.ClaimAsync(_id, 1, "worker", TimeSpan.FromSeconds(30), None)).Claim;
        var writer = await _runs.OpenAsync(claim, None);
        await Task.WhenAll(writer.Missing.Take(3).Select(r => writer.AddAsync(Record(r), None)));

        var (_, held) = await Changes().ApplyAsync(Fill, "ann", None);
        _time.Now += TimeSpan.FromSeconds(31);
        var (_, free) = await Changes().ApplyAsync(Fill, "ann", None);

        Assert.Equal((3L, 0L, 3L), (held.UnderWay, held.Total.Changed, held.Total.After.Unpriced));
        Assert.Equal((0L, 3L), (free.UnderWay, free.Total.Changed));
    }

    [Fact]
    public async Task RevertOfAsync_GivenAChange_GivesEveryRowAndMarkerItsOldCost()
    {
        await RunBatchAsync(prompts: 40);
        var before = (await _batches.ProgressAsync(_id, None), await CostsAsync());
        var (change, _) = await Changes().ApplyAsync(Reprice, "ann", None);

        var (revert, report) = await Changes().ApplyAsync(await Changes().RevertOfAsync(change.Id, None), "bob", None);

        Assert.Equal(before.Item2, await CostsAsync());
        Assert.Equal(before.Item1, await _batches.ProgressAsync(_id, None));
        Assert.Equal((80L, PriceChangeState.Reverted), (report.Total.Changed, (await FindAsync(change.Id))?.State));
        Assert.All(await _batches.RunsAsync(_id, None).ToListAsync(), run => Assert.Equal([change.Id, revert.Id], run.PriceChanges.Select(c => c.Id)));
        Assert.All(await RowsAsync(B), row => Assert.Equal((null, true, "No price."), (row.GetString("CostUsd"), row.GetBoolean("Unpriced"), row.GetString("UnpricedReason"))));
    }

    [Fact]
    public async Task RevertOfAsync_GivenALaterChangeOverIt_ReportsTheRunsAndLeavesThem()
    {
        await RunBatchAsync(prompts: 5);
        var (fill, _) = await Changes().ApplyAsync(Fill, "ann", None);
        var dearer = PriceFile.ParseAll([("test.json", """{"provider":"test","models":[{"model":"late","prices":[{"label":"new","effectiveFrom":"2026-01-01","checked":"2026-01-01","source":"s","currency":"USD","perMillionTokens":{"input":5,"output":5}}]}]}""")]);
        await new PriceChangeRun(Costs(_account), dearer, _time).ApplyAsync(Reprice, "bob", None);

        var (_, report) = await Changes().ApplyAsync(await Changes().RevertOfAsync(fill.Id, None), "ann", None);

        Assert.Equal((5L, 0L), (report.ChangedSince, report.Total.Changed));
        Assert.Equal(PriceChangeState.Applied, (await FindAsync(fill.Id))?.State);
    }

    [Fact]
    public async Task ResumeAsync_GivenOtherPrices_Refuses()
    {
        await RunBatchAsync(prompts: 1);
        await Assert.ThrowsAnyAsync<Exception>(() => Changes(Connected(new DyingHandler(0))).ApplyAsync(Fill, "ann", None));
        var head = Assert.Single(await _changes.ListAsync(None), c => c.Request.Batch == _id);

        await Assert.ThrowsAsync<InvalidOperationException>(() => new PriceChangeRun(Costs(_account), PriceCatalog.BuiltIn, _time).ResumeAsync(head.Id, None));
    }

    [Fact]
    public async Task ApplyAsync_GivenAnotherModel_Refuses() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Changes().ApplyAsync(Reprice with { As = new Offer(A) }, "ann", None));

    [Fact]
    public async Task UnpricedAsync_GivenRunsOfTheHour_GivesThoseWithoutACost()
    {
        var model = new ModelKey("test", $"m{Guid.NewGuid():N}");
        await RunBatchAsync(prompts: 3, run => run with { Cost = run.Id.Ordinal == 0 ? run.Cost : CallCost.Unknown("No price.") }, model);

        var watch = await _runs.UnpricedAsync([model], Start.AddMinutes(-30), Start.AddMinutes(30), None);
        var later = await _runs.UnpricedAsync([model], Start.AddMinutes(1), Start.AddMinutes(30), None);

        Assert.Equal((2, 60L, true), (watch.Calls, watch.Tokens, watch.IsAlert)); // two calls of 10 + 20 tokens
        Assert.Equal([(model, 2)], watch.Models);
        Assert.Equal(0, later.Calls);
    }

    private StoredRunCosts Costs(StorageAccount account)
    {
        var runs = new RunTable(account, TimeProvider.System);
        return new StoredRunCosts(runs, new BatchTable(account, runs, _time), new PriceChangeTable(account), _time);
    }

    private PriceChangeRun Changes(StorageAccount? account = null) => new(Costs(account ?? _account), Catalog, _time);

    private StorageAccount Connected(HttpMessageHandler handler)
    {
        var (endpoints, key) = ConnectionString.Parse(azurite.Server.ConnectionString);
        return new StorageAccount(endpoints, key, new TransportSettings { Handler = handler, RetryDelay = TimeSpan.Zero });
    }

    private async Task<PriceChangeHead?> FindAsync(PriceChangeId id) => (await _changes.ListAsync(None)).FirstOrDefault(c => c.Id == id);

    private async Task<List<(RunId, CallCost)>> CostsAsync() =>
        [.. (await _batches.RunsAsync(_id, None).ToListAsync()).Select(r => (r.Id, r.Cost)).OrderBy(r => r.Id)];

    private async Task<List<TableEntity>> RowsAsync(ModelKey model) =>
        await _runs.RowsAsync(RunPartition.Of(model, RunPartition.Hour(Start)), _id, 0, RunId.MaxOrdinal, None).ToListAsync();

    private async Task RunBatchAsync(int prompts, Func<RunRecord, RunRecord>? change = null, params ModelKey[] models)
    {
        var batch = Batch(prompts, models);
        await _batches.AddAsync(batch, None);
        foreach (var chunk in batch.Chunks())
        {
            var claim = Assert.IsType<ClaimResult.Granted>(await _batches.Claims.ClaimAsync(_id, chunk.Index, "worker", TimeSpan.FromSeconds(30), None)).Claim;
            var writer = await _runs.OpenAsync(claim, None);
            await Task.WhenAll(writer.Missing.Select(r => writer.AddAsync(change is null ? Record(r) : change(Record(r)), None)));
        }
    }

    private PromptBatch Batch(int prompts, params ModelKey[] models) => new()
    {
        Id = _id,
        Kind = BatchKind.Prompts,
        Submitted = Start,
        Plan = new RunPlan
        {
            Name = "batch",
            Seed = 0,
            Models = models is [] ? [A, B] : models,
            Prompts = [.. Enumerable.Range(0, prompts).Select(i => new Prompt
            {
                Id = $"p{i}", Category = "qa", Text = $"Question {i}", Contract = OutputContract.Create(new ContractText(null, null, null, 1, 100, null), (_, _) => { }),
            })],
        },
    };

    /// <summary>10 tokens in, 20 out; 0.001 USD for the model that had a price.</summary>
    private static RunRecord Record(RunRequest request) => new()
    {
        Id = request.Id,
        Attempt = Guid.NewGuid(),
        Plan = request.Plan,
        Model = request.Model,
        PromptId = request.Prompt.Id,
        Category = request.Prompt.Category,
        Started = Start,
        Timings = new CallTimings { EndToEnd = TimeSpan.FromMilliseconds(12) },
        Usage = new MeasuredUsage(new TokenUsage { Input = 10, Output = 20 }, false),
        Cost = request.Model == B ? CallCost.Unknown("No price.") : CallCost.Known(new Usd(0.001m), "old"),
        Text = new TextFigures(5, 1, 1),
    };
}
