using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Tests.Runs;

public sealed class CallTimingsTests
{
    [Theory]
    [InlineData(100, 2100, 101, 50.0)] // 100 tokens after the first, in 2 s
    [InlineData(100, 2100, 1, null)]
    [InlineData(100, 2100, 0, null)]
    [InlineData(100, 100, 50, null)]
    [InlineData(null, 100, 50, null)]
    [InlineData(100, null, 50, null)]
    public void TokensPerSecond_GivenFirstAndLastToken_CountsBetweenThem(int? firstMs, int? lastMs, long tokens, double? expected)
    {
        var timings = new CallTimings { EndToEnd = TimeSpan.FromSeconds(3), FirstToken = Milliseconds(firstMs), LastToken = Milliseconds(lastMs) };

        Assert.Equal(expected, timings.TokensPerSecond(tokens));
    }

    private static TimeSpan? Milliseconds(int? ms) => ms is { } value ? TimeSpan.FromMilliseconds(value) : null;
}
