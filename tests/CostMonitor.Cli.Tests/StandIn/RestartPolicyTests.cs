using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Tests.StandIn;

public sealed class RestartPolicyTests
{
    private readonly StepClock _clock = new(new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void RefusalAfter_GivenExitCodeZero_Refuses() => Assert.Contains("exited with 0", Policy(3).RefusalAfter(0), StringComparison.Ordinal);

    [Fact]
    public void RefusalAfter_GivenThreeErrors_RefusesAtTheThird()
    {
        var policy = Policy(3);

        string?[] answers = [policy.RefusalAfter(1), policy.RefusalAfter(200), policy.RefusalAfter(137), policy.RefusalAfter(1)];

        Assert.All(answers[..3], Assert.Null); // 200 asks for a restart and is no error
        Assert.Contains("failed 3 times", answers[3], StringComparison.Ordinal);
    }

    [Fact]
    public void RefusalAfter_GivenErrorsOver30MinutesApart_EmptiesTheBucket()
    {
        var policy = Policy(3);
        policy.RefusalAfter(1);
        policy.RefusalAfter(1);

        _clock.Advance(TimeSpan.FromMinutes(31));

        Assert.Null(policy.RefusalAfter(1));
        Assert.Null(policy.RefusalAfter(1));
        Assert.NotNull(policy.RefusalAfter(1));
    }

    private RestartPolicy Policy(int giveUpAfter) => new(giveUpAfter, _clock);
}
