using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Pricing;
using CostMonitor.Storage.Records;
using CostMonitor.Storage.Tables;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Records;

[Collection(AzuriteGroup.Name)]
public sealed class BreakerTableTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly DateTimeOffset Since = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    private static readonly BreakerStatus Open = new()
    {
        State = BreakerState.Open, Since = Since, DownSince = Since.AddMinutes(-2), ProbesAt = Since.AddSeconds(30), FailuresInRow = 9, LastFailure = "timeout",
        Reason = "the probe failed with 'timeout'",
    };

    private static readonly BreakerStatus Closed = new() { State = BreakerState.Closed, Since = Since.AddSeconds(31), Reason = "a probe succeeded" };

    private readonly BreakerTable _table = new(azurite.Account);
    private readonly ModelKey _model = new("local", $"org/model-{Guid.NewGuid():N}"); // a slash is not allowed in a key

    public Task InitializeAsync() => _table.CreateIfNotExistsAsync(CancellationToken.None);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task ReadAsync_GivenSavedStates_GivesThemBackWhole()
    {
        var other = new ModelKey("sim", $"b-{Guid.NewGuid():N}");
        await SaveAsync(Open);
        await _table.SaveAsync(other, Closed, CancellationToken.None);

        var known = await _table.ReadAsync(CancellationToken.None);

        Assert.Equal((Open, Closed), (known[_model], known[other]));
    }

    [Fact]
    public async Task SaveAsync_GivenALaterState_ReplacesTheEarlierOne()
    {
        await SaveAsync(Open);

        var isSaved = await SaveAsync(Closed);

        Assert.Equal((true, Closed), (isSaved, await FindAsync())); // with no ProbesAt of before
    }

    [Fact]
    public async Task SaveAsync_GivenAnEarlierStateThatComesLate_KeepsTheLaterOne()
    {
        await SaveAsync(Closed);

        var isSaved = await SaveAsync(Open);

        Assert.Equal((false, Closed), (isSaved, await FindAsync()));
    }

    [Fact]
    public async Task SaveAsync_GivenManyWritersAtOnce_KeepsTheLatest()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => SaveAsync(Open with { Since = Since.AddSeconds(i * 5 % 12) })));

        Assert.Equal(Since.AddSeconds(11), (await FindAsync())?.Since);
    }

    [Fact]
    public async Task ReadAsync_GivenARowOfAnotherVersion_LeavesItOut()
    {
        await azurite.Account.Table("Breakers").InsertOrReplaceAsync(
            new TableEntity("breaker", "sim:later") { ["Model"] = "sim:later", ["State"] = "half-closed", ["Since"] = Since }, CancellationToken.None);

        Assert.DoesNotContain(new ModelKey("sim", "later"), (await _table.ReadAsync(CancellationToken.None)).Keys);
    }

    private Task<bool> SaveAsync(BreakerStatus status) => _table.SaveAsync(_model, status, CancellationToken.None);

    private async Task<BreakerStatus?> FindAsync() => (await _table.ReadAsync(CancellationToken.None)).GetValueOrDefault(_model);
}
