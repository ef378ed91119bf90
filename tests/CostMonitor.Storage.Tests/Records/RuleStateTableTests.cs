using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Storage.Records;
using CostMonitor.Storage.Tables;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Records;

[Collection(AzuriteGroup.Name)]
public sealed class RuleStateTableTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly DateTimeOffset Since = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly RuleStateTable _table = new(azurite.Account);
    private readonly string _rule = $"r{Guid.NewGuid():N}";

    public Task InitializeAsync() => _table.CreateIfNotExistsAsync(None);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task ReadAsync_GivenKeptStates_GivesThemBackWhole()
    {
        var firing = State("local:org/model #1?") with { IsFiring = true, Episode = Since, Value = 0.123456789012345678m, N = 41, Detail = "why", Owed = RuleNotice.Raise };
        var ok = State("") with { Streak = 2 };
        var versions = (await _table.TryWriteAsync(firing, null, None), await _table.TryWriteAsync(ok, null, None));

        var kept = await MineAsync();

        Assert.Equal([new KeptRuleState(ok, versions.Item2 ?? default), new KeptRuleState(firing, versions.Item1 ?? default)], kept.OrderBy(k => k.State.Scope));
    }

    [Fact]
    public async Task TryWriteAsync_GivenAStaleVersion_KeepsWhatIsThere()
    {
        var first = await _table.TryWriteAsync(State(""), null, None);
        var second = await _table.TryWriteAsync(State("") with { N = 2 }, first, None);

        Assert.Null(await _table.TryWriteAsync(State("") with { N = 3 }, first, None));
        Assert.Null(await _table.TryWriteAsync(State("") with { N = 4 }, null, None));
        Assert.Equal((2, second), (Assert.Single(await MineAsync()).State.N, Assert.Single(await MineAsync()).Version));
    }

    [Fact]
    public async Task TryWriteAsync_GivenManyWatchersAtOnce_LetsOneBeginTheEpisode()
    {
        var before = await _table.TryWriteAsync(State(""), null, None);

        var versions = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => _table.TryWriteAsync(State("") with { IsFiring = true, Episode = Since.AddSeconds(i) }, before, None)));
        var fresh = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => _table.TryWriteAsync(State("sim:a") with { Streak = i }, null, None)));

        Assert.Single(versions, v => v is not null);
        Assert.Single(fresh, v => v is not null);
    }

    [Fact]
    public async Task WriteScheduleAsync_GivenTimes_GivesThemBackAndIsNoState()
    {
        await _table.WriteScheduleAsync(new Dictionary<string, DateTimeOffset> { [_rule] = Since.AddTicks(7), ["another"] = Since }, None);

        var kept = await _table.ReadAsync(None);

        Assert.Equal(Since.AddTicks(7), kept.Evaluated[_rule]);
        Assert.DoesNotContain(kept.States, s => s.State.Rule == _rule);
    }

    [Fact]
    public async Task ReadAsync_GivenARowOfAnotherVersion_LeavesItOut()
    {
        await azurite.Account.Table("Rules").InsertAsync(
            new TableEntity("state", $"{_rule}|") { ["Rule"] = _rule, ["Scope"] = "", ["Since"] = Since, ["Owed"] = "perhaps" }, None);

        Assert.Empty(await MineAsync());
    }

    [Fact]
    public async Task CanarySlotsAsync_GivenPlansWithLikeNames_FindsThoseOfTheOne()
    {
        var plan = $"p{Guid.NewGuid():N}";
        var batches = azurite.Account.Table("Batches");
        await batches.CreateIfNotExistsAsync(None);
        foreach (var (name, hour) in new[] { (plan, 0), (plan, 1), (plan, 2), (plan, 3), ($"{plan}-2", 1) })
        {
            var id = Core.Runs.BatchId.ForSlot(name, Since.AddHours(hour)).ToString();
            await batches.InsertAsync(new TableEntity(id, "!batch") { ["Submitted"] = Since.AddHours(hour) }, None);
            await batches.InsertAsync(new TableEntity(id, "claim|000000") { ["Until"] = Since }, None);
        }

        var slots = new List<DateTimeOffset>();
        await foreach (var slot in Batches().CanarySlotsAsync(plan, Since.AddHours(1), Since.AddHours(3), None)) slots.Add(slot);
        var all = new List<DateTimeOffset>();
        await foreach (var slot in Batches().CanarySlotsAsync(plan, Since.AddDays(-3000), Since.AddDays(1), None)) all.Add(slot);

        Assert.Equal([Since.AddHours(1), Since.AddHours(2)], slots);
        Assert.Equal([Since, Since.AddHours(1), Since.AddHours(2), Since.AddHours(3)], all);
    }

    [Fact]
    public async Task SinceAsync_GivenPoisonedMessages_CountsTheNewOnesOfAllBatches()
    {
        var time = new SteppedTime(new DateTimeOffset(2199, 1, 1, 0, 0, 0, TimeSpan.Zero)); // behind those of every other test
        var poisoned = new BatchTable(azurite.Account, new RunTable(azurite.Account, time), time);
        await poisoned.CreateIfNotExistsAsync(None);
        await poisoned.Poisoned.AddAsync(new Core.Runs.BatchId("b1"), 0, $"{_rule}-old", "x", None);
        time.Now = time.Now.AddHours(2);
        await poisoned.Poisoned.AddAsync(new Core.Runs.BatchId("b1"), 1, $"{_rule}-1", "x", None);
        await poisoned.Poisoned.AddAsync(null, null, $"{_rule}-2", "x", None);
        await poisoned.Poisoned.AddAsync(null, null, $"{_rule}-2", "x", None);

        Assert.Equal(2, await poisoned.Poisoned.SinceAsync(time.Now.AddHours(-1), None));
    }

    private BatchTable Batches() => new(azurite.Account, new RunTable(azurite.Account, TimeProvider.System), TimeProvider.System);

    private RuleState State(string scope) => RuleState.Fresh(_rule, scope, Since);

    private async Task<IReadOnlyList<KeptRuleState>> MineAsync() => [.. (await _table.ReadAsync(None)).States.Where(s => s.State.Rule == _rule)];
}
