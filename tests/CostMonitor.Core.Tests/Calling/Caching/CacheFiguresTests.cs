using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Calling.Caching;

public sealed class CacheFiguresTests
{
    [Fact]
    public void Tally_GivenHits_CountsThemBySourceAndSumsWhatIsKnown()
    {
        var tally = new CacheTally(TimeProvider.System);
        for (var i = 0; i < 5; i++) tally.LookedUp();
        tally.Hit(Hit(CacheSource.Memory), isNear: true, CallCost.Known(new Usd(0.25m), "l"));
        tally.Hit(Hit(CacheSource.Shared) with { IsStale = true }, isNear: false, CallCost.Known(new Usd(0.5m), "l"));
        tally.Hit(Hit(CacheSource.InFlight), isNear: false, CallCost.Unknown("no price"));
        tally.Hit(Hit(CacheSource.Idempotency), isNear: false, CallCost.Known(new Usd(1m), "l"));
        tally.CouldNotBeCached();
        tally.StoreFailed();

        var figures = tally.Figures(new AnswerMemory(1, 1, () => TimeSpan.FromHours(1), TimeSpan.Zero, TimeProvider.System));

        Assert.Equal((5L, 3L, 0.6), (figures.Lookups, figures.Hits, figures.HitRate));
        Assert.Equal((1L, 1L, 1L, 1L), (figures.MemoryHits, figures.SharedHits, figures.InFlightHits, figures.IdempotencyHits));
        Assert.Equal((1L, 1L, 1L, 1L), (figures.StaleHits, figures.NearHits, figures.NotCacheable, figures.StoreFailures));
        Assert.Equal((new Usd(1.75m), 1L), (figures.Saved, figures.UnpricedHits));
    }

    [Theory]
    [InlineData(999, 1, null)]
    [InlineData(1_000, 1, 0.3)]
    [InlineData(1_000, 0.1, 0.3)] // less than a day counts as it is
    [InlineData(1_000, 2, null)]
    [InlineData(9_999, 1, 0.3)]
    [InlineData(20_000, 2, 0.5)]
    public void TargetRate_GivenSoManyLookups_IsThatOfTheDay(long lookups, double days, double? expected) =>
        Assert.Equal(expected, Figures(lookups, hits: 0, days).TargetRate);

    [Fact]
    public void Remark_GivenARate_SaysHowItStandsToItsTarget()
    {
        Assert.Equal("20 % of 2000 lookups a day were hits; expected is more than the 30 % for so many.", Figures(2000, 400, 1).Remark);
        Assert.Equal("60 % of 10000 lookups a day were hits; that is above the 50 % for so many.", Figures(10_000, 6000, 1).Remark);
        Assert.Null(Figures(10, 6, 1).Remark);
    }

    private static CacheHit Hit(CacheSource source) => new(source, TimeSpan.Zero, new TokenUsage { Input = 1 });

    private static CacheFigures Figures(long lookups, long hits, double days) => new()
    {
        Span = TimeSpan.FromDays(days),
        Lookups = lookups,
        MemoryHits = hits,
        NotCacheable = 0,
        SharedHits = 0,
        InFlightHits = 0,
        StaleHits = 0,
        NearHits = 0,
        IdempotencyHits = 0,
        Saved = Usd.Zero,
        UnpricedHits = 0,
        StoreFailures = 0,
        Entries = 0,
        Bytes = 0,
    };
}
