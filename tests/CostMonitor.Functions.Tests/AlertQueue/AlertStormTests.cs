using CostMonitor.Core.Alerts;
using CostMonitor.Core.Plans;
using CostMonitor.Storage.Tables;
using Xunit.Abstractions;

namespace CostMonitor.Functions.Tests.AlertQueue;

/// <summary>10,000 crossings of 500 thresholds by 100 writers at once, with writers and deliverers killed at random requests.</summary>
public sealed class AlertStormTests(AlertStore store, ITestOutputHelper output) : IClassFixture<AlertStore>
{
    private const int Keys = 500; // each takes some 20 requests to tell of and to end, so that 1,000 took longer than a minute
    private const int Crossings = 10_000;
    private const int Writers = 100;
    private const int Deliverers = 8;
    private const double Chance = 0.002; // a process lives for 500 steps
    private static readonly CancellationToken None = CancellationToken.None;

    private int _killed;

    [Fact]
    public async Task Outbox_GivenAStormOfCrossingsAndKills_TellsEachKeyOnceAndItsRecoveryOnce()
    {
        var world = await AlertWorld.NewAsync(store);
        world.Books.Answers = static n => n % 50 == 0 ? new SinkAnswer("busy") : SinkAnswer.Delivered;
        var crossings = Enumerable.Range(0, Crossings).ToArray();
        new SeededRandom(20261121).Shuffle(crossings.AsSpan());
        using var written = new CancellationTokenSource();

        var deliverers = Enumerable.Range(0, Deliverers).Select(d => DeliverAsync(world, (ulong)(1000 + d), written.Token)).ToArray();
        var wins = await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => WriteAsync(world, (ulong)w, [.. crossings.Where((_, i) => i % Writers == w)])));
        await written.CancelAsync();
        await Task.WhenAll(deliverers);
        var minutes = 0;
        for (; await OpenAsync() > 0 && minutes < 60; minutes++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(2));
            await world.Table(Mortality.None).RequeueAsync(2000, None);
            await Task.WhenAll(Enumerable.Range(0, Deliverers).Select(d => DeliverAsync(world, (ulong)(2000 + 100 * minutes + d), new CancellationToken(true))));
        }

        var counts = world.Books.Taken.CountBy(id => id).ToDictionary();
        output.WriteLine($"{counts.Count} notices, {world.Books.Taken.Count - counts.Count} repeats, {_killed} kills, {world.Books.KilledAfterTaking} between send and mark, {minutes} rounds.");
        Assert.Equal(
            Enumerable.Range(0, Keys).SelectMany(k => new[] { $"{ScopeOf(k)}|2026-11|threshold-80|firing", $"{ScopeOf(k)}|2026-11|threshold-80|recovered" }).Order(StringComparer.Ordinal),
            counts.Keys.Order(StringComparer.Ordinal));
        Assert.All(wins.SelectMany(w => w).CountBy(w => w), w => Assert.Equal(1, w.Value)); // at most one caller heard that it was the one
        Assert.InRange(_killed, 50, 5000);
        // A repeat comes only from a death between the sink's answer and the note of it, which takes two requests more.
        Assert.InRange(world.Books.Taken.Count - counts.Count, 0, _killed);
        Assert.True(world.Books.Taken.Count - counts.Count < counts.Count / 10, "Repeats must stay rare.");
    }

    private static string ScopeOf(int key) => $"budget:team-{key:D4}";

    private async Task<IReadOnlyList<string>> WriteAsync(AlertWorld world, ulong writer, IReadOnlyList<int> crossings)
    {
        await Task.Yield();
        var (lives, wins) = (0ul, new List<string>());
        var table = world.Table(Life());
        foreach (var crossing in crossings)
        {
            var scope = ScopeOf(crossing % Keys);
            await AliveAsync(async () =>
            {
                if (await table.RaiseAsync(AlertWorld.AlertOf(scope), None)) wins.Add($"{scope} raised");
            });
            if (crossing < 2 * Keys) // two of the twenty that see a key cross also see it come back
            {
                await AliveAsync(async () =>
                {
                    if (await table.RecoverAsync(AlertWorld.RecoveryOf(scope), None)) wins.Add($"{scope} recovered");
                });
            }
        }

        return wins;

        Mortality Life() => Mortality.Seeded(writer * 10_000 + lives++, Chance);

        // Who starts again after a death sees the same crossing again.
        async Task AliveAsync(Func<Task> act)
        {
            while (true)
            {
                try
                {
                    await act();
                    return;
                }
                catch (KilledException)
                {
                    Interlocked.Increment(ref _killed);
                    table = world.Table(Life());
                }
            }
        }
    }

    private async Task DeliverAsync(AlertWorld world, ulong seed, CancellationToken untilEmpty)
    {
        await Task.Yield();
        var lives = 0ul;
        var deliverer = world.Deliverer(Mortality.Seeded(seed * 10_000, Chance));
        while (true)
        {
            if (world.Queue.Take() is { } message)
            {
                try
                {
                    await deliverer.RunAsync(message.Key, None);
                }
                catch (KilledException)
                {
                    Interlocked.Increment(ref _killed);
                    deliverer = world.Deliverer(Mortality.Seeded(seed * 10_000 + ++lives, Chance)); // its message is lost
                }
            }
            else if (untilEmpty.IsCancellationRequested)
            {
                return;
            }
            else
            {
                await Task.Delay(1, None);
            }
        }
    }

    private async Task<int> OpenAsync()
    {
        var n = 0;
        await foreach (var _ in store.Account.Table("Alerts").QueryAsync(TableFilter.Create($"PartitionKey eq {"!open"}"), ["Due"], None)) n++;
        return n;
    }
}
