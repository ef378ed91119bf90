using CostMonitor.Core.Batches;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
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

/// <summary>Batches and runs against the emulator: claims, takeovers, redeliveries and what is read back.</summary>
[Collection(AzuriteGroup.Name)]
public sealed class RecordsTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 9, 59, 58, TimeSpan.Zero);

    private readonly SteppedTime _time = new(Start);
    private readonly StorageAccount _account = azurite.Account;
    private readonly BatchId _id = new($"b{Guid.NewGuid():N}");
    private RunTable _runs = null!;
    private BatchTable _batches = null!;

    public async Task InitializeAsync()
    {
        _runs = new RunTable(_account, TimeProvider.System);
        _batches = new BatchTable(_account, _runs, _time);
        await _runs.CreateIfNotExistsAsync(CancellationToken.None);
        await _batches.CreateIfNotExistsAsync(CancellationToken.None);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task AddAsync_GivenBatch_IsFoundAgainWithEveryPromptAndContract()
    {
        var batch = Batch(prompts: 1500);
        await _batches.AddAsync(batch, CancellationToken.None);

        var found = await new BatchTable(_account, _runs, _time).FindAsync(_id, CancellationToken.None);

        Assert.NotNull(found);
        Assert.True(BatchFile.AsksForTheSame(batch, found));
        Assert.Equal(3000, found.RunCount);
    }

    [Fact]
    public async Task AddAsync_GivenSameIdTwice_KeepsTheFirst()
    {
        await _batches.AddAsync(Batch(prompts: 3), CancellationToken.None);

        var added = await _batches.AddAsync(Batch(prompts: 7), CancellationToken.None);

        var found = await new BatchTable(_account, _runs, _time).FindAsync(_id, CancellationToken.None);
        Assert.False(added);
        Assert.Equal(3, found?.Plan.Prompts.Count);
    }

    [Fact]
    public async Task AddAsync_GivenPromptsLargerThanAnEntity_SpreadsThemOverPages()
    {
        var prompts = Enumerable.Range(0, 5).Select(i => new Prompt { Id = $"p{i}", Category = "big", Text = new string((char)('a' + i), 400_000) });
        var batch = Batch(prompts: 1) with { Plan = Batch(prompts: 1).Plan with { Prompts = [.. prompts] } };
        await _batches.AddAsync(batch, CancellationToken.None);

        var found = await new BatchTable(_account, _runs, _time).FindAsync(_id, CancellationToken.None);

        Assert.Equal(batch.Plan.Prompts.Select(p => p.Text), found?.Plan.Prompts.Select(p => p.Text));
    }

    [Fact]
    public async Task ClaimAsync_GivenManyWorkersAtOnce_GrantsExactlyOne()
    {
        await _batches.AddAsync(Batch(prompts: 2), CancellationToken.None);

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ClaimAsync(0, $"worker{i}")));

        Assert.Single(results.OfType<ClaimResult.Granted>());
        Assert.Equal(19, results.OfType<ClaimResult.Busy>().Count());
    }

    [Fact]
    public async Task ClaimAsync_GivenExpiredClaim_IsTakenOverByOneAndKeepsItsHour()
    {
        await _batches.AddAsync(Batch(prompts: 2), CancellationToken.None);
        var first = Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "dead"));
        _time.Now += Lease + TimeSpan.FromSeconds(1);

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => ClaimAsync(0, $"heir{i}")));

        var second = Assert.Single(results.OfType<ClaimResult.Granted>());
        Assert.Equal("2026112109", first.Claim.Hour);
        Assert.Equal(first.Claim.Hour, second.Claim.Hour); // although the clock is in the next hour by now
        Assert.Equal(1, second.Claim.Takeovers);
    }

    [Fact]
    public async Task RenewAsync_GivenClaimTakenOver_IsRefused()
    {
        await _batches.AddAsync(Batch(prompts: 2), CancellationToken.None);
        var zombie = Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "zombie")).Claim;
        _time.Now += Lease + TimeSpan.FromSeconds(1);
        var heir = Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "heir")).Claim;

        Assert.False(await _batches.Claims.RenewAsync(zombie, Lease, CancellationToken.None));
        Assert.True(await _batches.Claims.RenewAsync(heir, Lease, CancellationToken.None));
        Assert.True(await _batches.Claims.RenewAsync(heir, Lease, CancellationToken.None));
    }

    [Fact]
    public async Task ClaimAsync_GivenReleasedClaim_IsGrantedAtOnce()
    {
        await _batches.AddAsync(Batch(prompts: 2), CancellationToken.None);
        var held = Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "one")).Claim;

        await _batches.Claims.ReleaseAsync(held, CancellationToken.None);

        Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "two"));
    }

    [Theory]
    [InlineData("no-such-batch", 0)]
    [InlineData(null, 99)]
    public async Task ClaimAsync_GivenUnknownBatchOrChunk_SaysSo(string? batch, int chunk)
    {
        await _batches.AddAsync(Batch(prompts: 2), CancellationToken.None);

        var result = await _batches.Claims.ClaimAsync(batch is null ? _id : new BatchId(batch), chunk, "w", Lease, CancellationToken.None);

        Assert.IsType<ClaimResult.Missing>(result);
    }

    [Fact]
    public async Task Runs_GivenWholeBatchWritten_AreAllThereOnceAndTheBatchIsDone()
    {
        var batch = Batch(prompts: 100);
        await _batches.AddAsync(batch, CancellationToken.None);
        foreach (var chunk in batch.Chunks()) await RunChunkAsync(chunk.Index);

        var progress = await _batches.ProgressAsync(_id, CancellationToken.None);
        var runs = await _batches.RunsAsync(_id, CancellationToken.None).ToListAsync();

        Assert.Equal((200, 200, BatchState.Done, 4), (progress?.Runs, progress?.Recorded, progress?.State, progress?.ChunksDone));
        Assert.Equal(new Usd(200 * 0.000125m), progress?.Cost);
        Assert.Equal(Enumerable.Range(0, 200), runs.Select(r => r.Id.Ordinal).Order());
    }

    [Fact]
    public async Task OpenAsync_GivenChunkLeftHalfDone_AsksOnlyForWhatIsMissing()
    {
        var batch = Batch(prompts: 30);
        await _batches.AddAsync(batch, CancellationToken.None);
        var dead = Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "dead")).Claim;
        var half = await _runs.OpenAsync(dead, CancellationToken.None);
        await Task.WhenAll(half.Missing.Take(13).Select(r => half.AddAsync(Record(r), CancellationToken.None)));
        _time.Now += Lease + TimeSpan.FromSeconds(1);

        var heir = await _runs.OpenAsync(Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "heir")).Claim, CancellationToken.None);
        var missing = heir.Missing.Select(r => r.Id.Ordinal).ToArray();
        await Task.WhenAll(heir.Missing.Select(r => heir.AddAsync(Record(r), CancellationToken.None)));

        var progress = await _batches.ProgressAsync(_id, CancellationToken.None);
        Assert.Equal(Enumerable.Range(13, 17), missing);
        Assert.Equal((30, 1, 1), (progress?.Recorded, progress?.ChunksDone, progress?.Takeovers));
    }

    [Fact]
    public async Task OpenAsync_GivenAllRunsButNoMarker_CountsTheChunkAsDoneAndMarksIt()
    {
        var batch = Batch(prompts: 3);
        await _batches.AddAsync(batch, CancellationToken.None);
        var claim = Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "dead")).Claim;
        var writer = await _runs.OpenAsync(claim, CancellationToken.None);
        await Task.WhenAll(writer.Missing.Select(r => writer.AddAsync(Record(r), CancellationToken.None)));
        var partition = RunPartition.Of(batch.Plan.Models[0], claim.Hour);
        await _account.Table("Runs").DeleteAsync(partition, RunTable.MarkerKey(_id, 0), Azure.ETag.All, CancellationToken.None);
        _time.Now += Lease + TimeSpan.FromSeconds(1);
        var unmarked = await _batches.ProgressAsync(_id, CancellationToken.None);

        var heir = await _runs.OpenAsync(Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "heir")).Claim, CancellationToken.None);

        Assert.Equal(1, unmarked?.ChunksDone); // a worker was killed between its last run and the marker
        Assert.Empty(heir.Missing);
        Assert.NotNull(await _account.Table("Runs").GetAsync(partition, RunTable.MarkerKey(_id, 0), CancellationToken.None));
    }

    [Fact]
    public async Task AddAsync_GivenRunRecordedByAnotherAttempt_KeepsTheFirstAndTheRepeatBesideIt()
    {
        var batch = Batch(prompts: 2);
        await _batches.AddAsync(batch, CancellationToken.None);
        var zombie = Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "zombie")).Claim;
        var slow = await _runs.OpenAsync(zombie, CancellationToken.None);
        _time.Now += Lease + TimeSpan.FromSeconds(1);
        var fast = await _runs.OpenAsync(Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "heir")).Claim, CancellationToken.None);
        var (first, late) = (Record(fast.Missing[0]), Record(slow.Missing[0]));
        await fast.AddAsync(first, CancellationToken.None);

        await slow.AddAsync(late, CancellationToken.None);

        var run = await _batches.FindRunAsync(first.Id, CancellationToken.None);
        var partition = RunPartition.Of(batch.Plan.Models[0], zombie.Hour);
        var repeat = await _account.Table("Runs").GetAsync(partition, $"{RunRow.RepeatPrefix}{late.Id}|{late.Attempt:N}", CancellationToken.None);
        Assert.Equal(first.Attempt, run?.Attempt);
        Assert.NotNull(repeat);
        Assert.Equal(1, (await _batches.ProgressAsync(_id, CancellationToken.None))?.Recorded);
    }

    [Fact]
    public async Task FindRunAsync_GivenRecord_GivesItBackWhole()
    {
        var batch = Batch(prompts: 2);
        await _batches.AddAsync(batch, CancellationToken.None);
        var claim = Assert.IsType<ClaimResult.Granted>(await ClaimAsync(1, "w")).Claim;
        var writer = await _runs.OpenAsync(claim, CancellationToken.None);
        var record = Record(writer.Missing[1]) with { Completion = new string('x', 300_000) };
        await writer.AddAsync(record, CancellationToken.None);

        var found = await _batches.FindRunAsync(record.Id, CancellationToken.None);

        Assert.NotNull(found);
        Assert.Equal(record.Completion, found.Completion);
        Assert.Equal(record.Timings.GapsUs, found.Timings.GapsUs);
        Assert.Equal((record.Cost, record.Usage, record.Started), (found.Cost, found.Usage, found.Started));
    }

    [Fact]
    public async Task QueryAsync_GivenTimeSpan_GivesTheRunsThatStartedInIt()
    {
        var batch = Batch(prompts: 3);
        await _batches.AddAsync(batch, CancellationToken.None);
        await RunChunkAsync(0, run => run with { Started = Start.AddHours(run.Id.Ordinal) });

        var runs = await _runs.QueryAsync(batch.Plan.Models, Start.AddHours(1), Start.AddHours(2), CancellationToken.None).ToListAsync();

        Assert.Equal([1], runs.Where(r => r.Id.Batch == _id).Select(r => r.Id.Ordinal)); // from is inclusive, the end is not
    }

    [Fact]
    public async Task RunsAsync_GivenSmallPages_GivesEveryRunOnce()
    {
        var batch = Batch(prompts: 25);
        await _batches.AddAsync(batch, CancellationToken.None);
        foreach (var chunk in batch.Chunks()) await RunChunkAsync(chunk.Index);
        var seen = new List<int>();

        for (string? continuation = null; ;)
        {
            var page = await _batches.RunsAsync(_id, 7, continuation, CancellationToken.None);
            Assert.True(page is { Runs.Count: <= 7 });
            seen.AddRange(page.Value.Runs.Select(r => r.Id.Ordinal));
            if ((continuation = page.Value.Continuation) is null) break;
        }

        Assert.Equal(Enumerable.Range(0, 50), seen.Order());
    }

    [Fact]
    public async Task PoisonAsync_GivenSameMessageTwice_CountsItOnceInItsBatch()
    {
        await _batches.AddAsync(Batch(prompts: 2), CancellationToken.None);

        await _batches.Poisoned.AddAsync(_id, 0, "message-1", "{}", CancellationToken.None);
        await _batches.Poisoned.AddAsync(_id, 0, "message-1", "{}", CancellationToken.None);

        Assert.Equal(1, (await _batches.ProgressAsync(_id, CancellationToken.None))?.Poisoned);
        Assert.Equal([1], await _batches.Claims.AbandonedChunksAsync(Batch(prompts: 2), CancellationToken.None)); // a poisoned chunk is not brought back
    }

    [Fact]
    public async Task AbandonedChunksAsync_GivenClaims_NamesThoseThatNobodyWorksOn()
    {
        var batch = Batch(prompts: 100); // four chunks
        await _batches.AddAsync(batch, CancellationToken.None);
        await RunChunkAsync(0);
        await ClaimAsync(1, "dead");
        _time.Now += Lease + TimeSpan.FromSeconds(1);
        await ClaimAsync(2, "alive");

        var abandoned = await _batches.Claims.AbandonedChunksAsync(batch, CancellationToken.None);

        Assert.Equal([1, 3], abandoned);
    }

    [Fact]
    public async Task AddAsync_GivenATaggedRun_HasAColumnForEachTagThatIsSet()
    {
        await _batches.AddAsync(Batch(prompts: 2), CancellationToken.None);
        await RunChunkAsync(0, run => run.Id.Ordinal == 0 ? run : run with { Tags = new CallTags { Team = "search", User = "u 'x'" }, Priority = CallPriority.Critical });

        var (plain, tagged) = (await RowAsync(0), await RowAsync(1));

        string[] columns = ["TagTeam", "TagApp", "TagFeature", "TagUser", "TagExperiment", "Priority"];
        Assert.Equal(["search", null, null, "u 'x'", null, "critical"], columns.Select(tagged.GetString));
        Assert.Empty(plain.Properties.Select(p => p.Key).Intersect(columns));
        var run = await _batches.FindRunAsync(new RunId(_id, 1), CancellationToken.None);
        Assert.Equal((new CallTags { Team = "search", User = "u 'x'" }, CallPriority.Critical), (run?.Tags, run?.Priority));
    }

    [Fact]
    public async Task AddAsync_GivenATaggedBatch_IsFoundAgainWithItsTagsAndPriority()
    {
        var plan = Batch(prompts: 2).Plan;
        var batch = Batch(prompts: 2) with
        {
            Plan = plan with
            {
                Tags = new CallTags { Team = "search" }, Priority = CallPriority.Background,
                Prompts = [plan.Prompts[0] with { Tags = new CallTags { User = "u1" } }, plan.Prompts[1]],
            },
        };
        await _batches.AddAsync(batch, CancellationToken.None);

        var found = await new BatchTable(_account, _runs, _time).FindAsync(_id, CancellationToken.None);

        Assert.NotNull(found);
        Assert.True(BatchFile.AsksForTheSame(batch, found));
        Assert.Equal([batch.Plan.Tags, new CallTags { User = "u1" }, CallTags.None], [found.Plan.Tags, .. found.Plan.Prompts.Select(p => p.Tags)]);
        Assert.Equal(CallPriority.Background, found.Plan.Priority);
    }

    [Fact]
    public async Task SpentAsync_GivenRunsOfAPeriod_GivesWhatEachChargedRunWasChargedTo()
    {
        var model = new ModelKey("test", $"m-{_id}");
        var batch = Batch(prompts: 5, model);
        await _batches.AddAsync(batch, CancellationToken.None);
        await RunChunkAsync(0, run => run.Id.Ordinal switch
        {
            0 => run, // no budget covered it
            1 => run with { Ledgers = ["all|2026-11|"], Worker = "w-1" },
            2 => run with { Ledgers = ["all|2026-11|", "by-team|2026-11|search"], Worker = "w-2", Cost = CallCost.Unknown("No price.") },
            3 => run with { Ledgers = ["all|2026-12|"], Worker = "w-1", Started = Start.AddHours(1) },
            _ => run with
            {
                Ledgers = ["all|2026-11|"],
                Cost = CallCost.Known(new Usd(9m), "later"),
                PriceChanges = [new PriceChange(new PriceChangeId(Start, 1), Start, PriceChangeKind.Fill, CallCost.Known(new Usd(0.5m), "now"), "ann")],
            },
        });

        var spent = await _runs.SpentAsync([model], Start, Start.AddHours(1), CancellationToken.None).ToListAsync();

        LedgerKey all = new("all", "", "2026-11"), team = new("by-team", "search", "2026-11");
        Assert.Equal(
            ["all|2026-11| by  cost 0.5", "all|2026-11| by w-1 cost 0.000125", "all|2026-11|,by-team|2026-11|search by w-2 cost "],
            spent.Select(s => $"{string.Join(',', s.Ledgers)} by {s.Worker} cost {s.Cost?.ToExactString()}").Order(StringComparer.Ordinal));
        Assert.Equal([all, team], spent.Single(s => s.Worker == "w-2").Ledgers);
    }

    [Fact]
    public async Task SpentAsync_GivenARunThatWasPaidForTwice_GivesBothCharges()
    {
        var model = new ModelKey("test", $"m-{_id}");
        await _batches.AddAsync(Batch(prompts: 1, model), CancellationToken.None);
        var zombie = Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "zombie")).Claim;
        var slow = await _runs.OpenAsync(zombie, CancellationToken.None);
        _time.Now += Lease + TimeSpan.FromSeconds(1);
        var fast = await _runs.OpenAsync(Assert.IsType<ClaimResult.Granted>(await ClaimAsync(0, "heir")).Claim, CancellationToken.None);
        await fast.AddAsync(Record(fast.Missing[0]) with { Ledgers = ["all|2026-11|"], Worker = "heir" }, CancellationToken.None);
        await slow.AddAsync(Record(slow.Missing[0]) with { Ledgers = ["all|2026-11|"], Worker = "zombie" }, CancellationToken.None);

        var spent = await _runs.SpentAsync([model], Start, Start.AddHours(1), CancellationToken.None).ToListAsync();

        Assert.Equal(["heir", "zombie"], spent.Select(s => s.Worker).Order());
    }

    private async Task<TableEntity> RowAsync(int ordinal)
    {
        var (model, row) = (new ModelKey("test", "meta/llama#1"), new RunId(_id, ordinal).ToString());
        return await _account.Table("Runs").GetAsync(RunPartition.Of(model, RunPartition.Hour(Start)), row, CancellationToken.None) ?? throw new InvalidOperationException("No row.");
    }

    private Task<ClaimResult> ClaimAsync(int chunk, string owner) => _batches.Claims.ClaimAsync(_id, chunk, owner, Lease, CancellationToken.None);

    private async Task RunChunkAsync(int chunk, Func<RunRecord, RunRecord>? change = null)
    {
        var claim = Assert.IsType<ClaimResult.Granted>(await ClaimAsync(chunk, "worker")).Claim;
        var writer = await _runs.OpenAsync(claim, CancellationToken.None);
        await Task.WhenAll(writer.Missing.Select(r => writer.AddAsync(change is null ? Record(r) : change(Record(r)), CancellationToken.None)));
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
            Models = models.Length > 0 ? models : [new ModelKey("test", "meta/llama#1"), new ModelKey("test", "b")],
            Prompts = [.. Enumerable.Range(0, prompts).Select(i => new Prompt
            {
                Id = $"p{i}",
                Category = "qa",
                Text = $"Question {i}, \"quoted\"",
                Contract = OutputContract.Create(new ContractText(null, null, null, 1, 100, "/x/"), (_, _) => { }),
            })],
        },
    };

    private static RunRecord Record(RunRequest request) => new()
    {
        Id = request.Id,
        Attempt = Guid.NewGuid(),
        Plan = request.Plan,
        Model = request.Model,
        PromptId = request.Prompt.Id,
        Category = request.Prompt.Category,
        Started = Start,
        Timings = new CallTimings { EndToEnd = TimeSpan.FromMilliseconds(12.3456), GapsUs = [10, 20_000, 5] },
        Usage = new MeasuredUsage(new TokenUsage { Input = 10, Output = 20 }, false),
        Cost = CallCost.Known(new Usd(0.000125m), "test-2026"),
        Checks = [new CheckResult("not_empty", true, true, null)],
        Text = new TextFigures(5, 1, 1),
    };
}
