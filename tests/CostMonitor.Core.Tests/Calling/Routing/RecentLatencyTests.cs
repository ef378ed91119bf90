using CostMonitor.Core.Calling.Routing;

namespace CostMonitor.Core.Tests.Calling.Routing;

public sealed class RecentLatencyTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void Ms_GivenNoAnswer_IsUnknown() => Assert.Null(new RecentLatency(_clock).Ms);

    [Fact]
    public void Ms_GivenTwentyLaterAnswers_HoldsTheFirstForHalf()
    {
        var latency = new RecentLatency(_clock);
        latency.Note(TimeSpan.FromMilliseconds(1000));
        for (var i = 0; i < 20; i++) latency.Note(TimeSpan.Zero);

        // The weights are q^20, q^19 ... 1 with q^20 = 1/2: their sum is (1 - q^21) / (1 - q), and q = 0.965936.
        Assert.Equal(1000 * 0.5 * (1 - 0.965936) / (1 - (0.5 * 0.965936)), latency.Ms ?? 0, 0.01);
    }

    [Fact]
    public void Ms_GivenAnAnswerFiveMinutesLater_HoldsTheFirstForHalf()
    {
        var latency = new RecentLatency(_clock);
        latency.Note(TimeSpan.FromMilliseconds(1000));
        _clock.Elapsed += TimeSpan.FromMinutes(5);
        latency.Note(TimeSpan.FromMilliseconds(100));

        // Half for the time and 0.965936 for the one later answer: 0.482968.
        Assert.Equal(((1000 * 0.482968) + 100) / 1.482968, latency.Ms ?? 0, 0.01);
    }

    [Fact]
    public void Ms_GivenNoAnswerForHalfAnHour_IsUnknownAndBeginsAnew()
    {
        var latency = new RecentLatency(_clock);
        latency.Note(TimeSpan.FromMilliseconds(1000));
        _clock.Elapsed += TimeSpan.FromMinutes(30);
        Assert.Equal(1000, latency.Ms);
        _clock.Elapsed += TimeSpan.FromTicks(1);
        Assert.Null(latency.Ms);

        latency.Note(TimeSpan.FromMilliseconds(50));

        Assert.Equal(50, latency.Ms);
    }

    [Fact]
    public async Task Note_GivenManyThreads_LosesNone()
    {
        var latency = new RecentLatency(_clock);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++) latency.Note(TimeSpan.FromMilliseconds(70));
        })));

        Assert.Equal(70, latency.Ms ?? 0, 1e-9);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
