using CostMonitor.Core.Contracts;

namespace CostMonitor.Core.Tests.Contracts;

public sealed class CheckScoreTests
{
    private static readonly CheckResult Passed = new("a", true, Gates: true, null);
    private static readonly CheckResult Missed = new("b", false, Gates: true, "no");
    private static readonly CheckResult Reported = new("mentions_error", false, Gates: false, "The answer holds the word 'error'.");

    [Fact]
    public void Of_GivenGatingChecks_IsTheShareThatPassed() => Assert.Equal(0.75, CheckScore.Of([Passed, Passed, Passed, Missed]));

    [Fact]
    public void Of_GivenAReportedCheck_LeavesItOut() => Assert.Equal(1.0, CheckScore.Of([Passed, Reported]));

    [Fact]
    public void Of_GivenNoGatingCheck_IsNull() => Assert.Null(CheckScore.Of([Reported]));

    [Fact]
    public void IsCompliant_GivenAGateThatFailed_IsFalse()
    {
        Assert.True(CheckScore.IsCompliant([Passed, Reported]));
        Assert.False(CheckScore.IsCompliant([Passed, Missed]));
    }
}
