using CostMonitor.Core.Calling;

namespace CostMonitor.Core.Tests.Calling;

public sealed class RetrySettingsTests
{
    [Theory]
    [InlineData(0, 500)]
    [InlineData(1, 1_000)]
    [InlineData(2, 2_000)]
    [InlineData(4, 8_000)]
    [InlineData(5, 8_000)] // 16 s are cut to the longest
    [InlineData(1_000, 8_000)] // 2^1000 does not overflow
    public void WaitBefore_GivenTheHighestDraw_DoublesUpToTheLongest(int retry, int ceilingMs) =>
        Assert.Equal(TimeSpan.FromMilliseconds(ceilingMs), RetrySettings.Default.WaitBefore(retry, null, 1));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void WaitBefore_GivenTheLowestDraw_DoesNotWait(int retry) =>
        Assert.Equal(TimeSpan.Zero, RetrySettings.Default.WaitBefore(retry, null, 0));

    [Fact]
    public void WaitBefore_GivenAMiddleDraw_WaitsThatShareOfTheCeiling() =>
        Assert.Equal(TimeSpan.FromMilliseconds(500), RetrySettings.Default.WaitBefore(2, null, 0.25)); // a quarter of 2 s

    [Theory]
    [InlineData(10, 0, 10_000)]
    [InlineData(10, 0.5, 10_500)]
    [InlineData(30, 1, 33_000)]
    [InlineData(0, 0.7, 0)]
    public void WaitBefore_GivenWhatTheProviderAsks_WaitsUpToATenthLonger(int seconds, double random, int expectedMs) =>
        Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), RetrySettings.Default.WaitBefore(7, TimeSpan.FromSeconds(seconds), random));

    [Fact]
    public void WaitBefore_GivenThatTheProviderAsksForMoreThanTheLongest_GivesNull() =>
        Assert.Null(RetrySettings.Default.WaitBefore(0, TimeSpan.FromSeconds(30.001), 0));
}
