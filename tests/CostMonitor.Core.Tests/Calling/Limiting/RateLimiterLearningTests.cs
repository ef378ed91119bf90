using CostMonitor.Core.Calling.Limiting;
using static CostMonitor.Core.Tests.Calling.Limiting.LimiterCalls;

namespace CostMonitor.Core.Tests.Calling.Limiting;

public sealed class RateLimiterLearningTests
{
    [Fact]
    public void Learn_GivenLimits_HeedsThem()
    {
        var calls = new LimiterCalls();

        Learn(calls, new RateAllowance(Limit: 60), new RateAllowance(Limit: 6000));

        Assert.Equal(new RateLimits(60, 6000), calls.Limiter.Limits);
        calls.Use(10, tokens: 100);
        Assert.False(calls.Enter().IsDone);
    }

    [Fact]
    public void Learn_GivenLimitsInTheSettings_KeepsThoseAndLearnsTheOther()
    {
        var calls = new LimiterCalls(requests: 60);

        Learn(calls, new RateAllowance(Limit: 600), new RateAllowance(Limit: 6000));

        Assert.Equal(new RateLimits(60, 6000), calls.Limiter.Limits);
    }

    [Fact]
    public void Learn_GivenSettingsThatDoNotLearn_HeedsNothing()
    {
        var calls = new LimiterCalls(learns: false);

        Learn(calls, new RateAllowance(60, 0, Second), new RateAllowance(6000, 0, Second));

        Assert.Equal(RateLimits.Unknown, calls.Limiter.Limits);
        calls.Use(100);
    }

    [Fact]
    public void Learn_GivenAnAnswerWithoutLimits_KeepsThoseKnown()
    {
        var calls = new LimiterCalls();
        Learn(calls, new RateAllowance(Limit: 60));

        Learn(calls, new RateAllowance(Limit: 0));

        Assert.Equal(60, calls.Limiter.Limits.RequestsPerMinute);
    }

    [Fact]
    public void Learn_GivenAnOlderAnswerLater_KeepsTheNewerLimits()
    {
        var calls = new LimiterCalls();
        calls.Time.Advance(10 * Second);
        Learn(calls, new RateAllowance(Limit: 60), age: Second);

        Learn(calls, new RateAllowance(Limit: 6000), age: 5 * Second);

        Assert.Equal(60, calls.Limiter.Limits.RequestsPerMinute);
    }

    [Fact]
    public void Learn_GivenLessThanWeThought_LowersOurView()
    {
        var calls = new LimiterCalls(requests: 60);

        Learn(calls, new RateAllowance(60, Remaining: 3));

        calls.Use(3);
        Assert.False(calls.Enter().IsDone);
    }

    [Fact]
    public void Learn_GivenMoreThanWeThinkIsLeft_RaisesNothing()
    {
        var calls = new LimiterCalls(requests: 60);
        calls.Use(10);

        Learn(calls, new RateAllowance(60, Remaining: 59)); // of a call that went before the others

        Assert.False(calls.Enter().IsDone);
    }

    [Fact]
    public void Learn_GivenWhatWasLeftAWhileAgo_CountsWhatHasRefilledSince()
    {
        var calls = new LimiterCalls(requests: 60);
        calls.Time.Advance(20 * Second);

        Learn(calls, new RateAllowance(60, Remaining: 3), age: 2 * Second);

        calls.Use(5);
        Assert.False(calls.Enter().IsDone);
    }

    [Fact]
    public void Learn_GivenTheSameNewsTwiceAndOutOfOrder_EndsInTheSameView()
    {
        var (ordered, mixed) = (new LimiterCalls(requests: 60), new LimiterCalls(requests: 60));
        (long Remaining, TimeSpan Age)[] news = [(7, 3 * Second), (5, 2 * Second), (3, Second)];
        foreach (var calls in new[] { ordered, mixed }) calls.Time.Advance(20 * Second);

        foreach (var (remaining, age) in news) Learn(ordered, new RateAllowance(60, remaining), age: age);
        foreach (var (remaining, age) in news.Reverse().Concat(news)) Learn(mixed, new RateAllowance(60, remaining), age: age);

        foreach (var calls in new[] { ordered, mixed })
        {
            calls.Use(4); // 3 left a second ago
            Assert.False(calls.Enter().IsDone);
        }
    }

    [Theory]
    [InlineData(12, 12)] // a window ends in 12 s
    [InlineData(60, 0.1)] // an even refill: one of 600 after a tenth of a second
    [InlineData(360_000, 60)] // one of 600 a long period, and no more than a minute
    public void Learn_GivenNothingLeft_HeedsTheReset(double resetSeconds, double expectedSeconds)
    {
        var calls = new LimiterCalls(requests: 6_000_000); // ours is full again at once
        calls.Time.Advance(20 * Second);
        Learn(calls, new RateAllowance(600, 0, TimeSpan.FromSeconds(resetSeconds)));

        var wait = calls.Until(calls.Enter());

        Assert.Equal(TimeSpan.FromSeconds(expectedSeconds), wait);
    }

    [Fact]
    public void Learn_GivenNoTokensLeft_WaitsForTheirReset()
    {
        var calls = new LimiterCalls();
        Learn(calls, default, new RateAllowance(null, 0, 7 * Second));

        Assert.Equal(7 * Second, calls.Until(calls.Enter(tokens: 5)));
    }

    private static void Learn(LimiterCalls calls, RateAllowance requests, RateAllowance tokens = default, TimeSpan age = default) =>
        calls.Limiter.Learn(new RateLimitHeaders(requests, tokens), age);
}
