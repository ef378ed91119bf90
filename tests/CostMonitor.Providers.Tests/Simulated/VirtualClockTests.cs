using CostMonitor.Providers.Simulated;
using Xunit;

namespace CostMonitor.Providers.Tests.Simulated;

public sealed class VirtualClockTests
{
    private readonly VirtualClock _clock = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Delay_GivenTheClock_IsOverAtOnceAndHasMovedIt()
    {
        var before = _clock.GetTimestamp();

        await Task.Delay(TimeSpan.FromHours(3), _clock);

        Assert.Equal(TimeSpan.FromHours(3), _clock.GetElapsedTime(before));
    }

    [Fact]
    public void Wait_GivenADeadlineOnTheWay_StopsAtIt()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5), _clock);
        var before = _clock.GetTimestamp();

        Assert.Throws<OperationCanceledException>(() => _clock.Wait(TimeSpan.FromSeconds(9), deadline.Token));

        Assert.Equal(TimeSpan.FromSeconds(5), _clock.GetElapsedTime(before));
    }

    [Fact]
    public void Wait_GivenALaterDeadline_DoesNotReachIt()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5), _clock);

        _clock.Wait(TimeSpan.FromSeconds(4), deadline.Token);

        Assert.False(deadline.IsCancellationRequested);
    }

    [Fact]
    public void Wait_GivenNoEnd_RefusesToHang() =>
        Assert.Throws<InvalidOperationException>(() => _clock.Wait(Timeout.InfiniteTimeSpan, CancellationToken.None));

    [Fact]
    public void CreateTimer_GivenAPeriod_FiresOnEachTurn()
    {
        var fired = new List<DateTimeOffset>();
        using var timer = _clock.CreateTimer(_ => fired.Add(_clock.GetUtcNow()), null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));

        _clock.Wait(TimeSpan.FromMinutes(5.5), CancellationToken.None);

        Assert.Equal([1, 3, 5], fired.Select(static f => f.Minute));
    }
}
