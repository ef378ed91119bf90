using CostMonitor.Core.Calling;

namespace CostMonitor.Core.Tests.Calling;

public sealed class CallLimitsTests
{
    private static readonly CallLimits Usual = new()
    {
        Connect = TimeSpan.FromSeconds(3), Attempt = TimeSpan.FromSeconds(60), Total = TimeSpan.FromSeconds(120), Stall = TimeSpan.FromSeconds(9),
    };

    [Theory]
    [InlineData(20, 120)]
    [InlineData(120, 120)]
    [InlineData(500, 500)] // the call cannot be shorter than its attempt
    public void For_GivenARequestsOwnAttempt_AllowsForItsWaits(int attempt, int total) =>
        Assert.Equal(Usual with { Attempt = TimeSpan.FromSeconds(attempt), Total = TimeSpan.FromSeconds(total) }, Usual.For(TimeSpan.FromSeconds(attempt)));
}
