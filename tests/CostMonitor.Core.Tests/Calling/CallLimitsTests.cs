using CostMonitor.Core.Calling;

namespace CostMonitor.Core.Tests.Calling;

public sealed class CallLimitsTests
{
    private static readonly CallLimits Usual = new()
    {
        Connect = TimeSpan.FromSeconds(3), Attempt = TimeSpan.FromSeconds(60), Total = TimeSpan.FromSeconds(120), Stall = TimeSpan.FromSeconds(9),
    };

    [Theory]
    [InlineData(20, 0, 20)] // one attempt: its limit is the call's
    [InlineData(20, 3, 120)]
    [InlineData(500, 3, 500)] // the call cannot be shorter than its attempt
    [InlineData(500, 0, 500)]
    public void For_GivenARequestsOwnAttempt_AllowsForItsWaits(int attempt, int retries, int total) =>
        Assert.Equal(Usual with { Attempt = TimeSpan.FromSeconds(attempt), Total = TimeSpan.FromSeconds(total) }, Usual.For(TimeSpan.FromSeconds(attempt), retries));
}
