using CostMonitor.Core.Alerts;

namespace CostMonitor.Core.Tests.Alerts;

public sealed class DeliveryPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 30, 0, TimeSpan.Zero);

    private static readonly KeptAlert Kept = new()
    {
        Alert = new Alert { Key = new AlertKey("s", "p", "r"), Severity = AlertSeverity.Warning, At = Now, Title = "t", Text = "" },
    };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    [InlineData(3, 30)]
    [InlineData(4, 120)]
    [InlineData(5, 600)]
    [InlineData(6, 3600)]
    [InlineData(20, 3600)]
    public void Next_GivenFailedAttempts_WaitsLongerEachTime(int attempts, int seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), DeliveryRetries.Next(attempts, Now, Now, null));

    [Theory]
    [InlineData(0.5, 1)] // never sooner than usual
    [InlineData(90, 90)]
    [InlineData(9000, 3600)]
    public void Next_GivenASinkThatAsksForTime_GrantsAnHourAtMost(double asked, int seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), DeliveryRetries.Next(1, Now, Now, TimeSpan.FromSeconds(asked)));

    [Fact]
    public void Next_GivenADayOfFailures_GivesUp()
    {
        Assert.Equal(Now, DeliveryRetries.Next(25, Now.AddDays(-1), Now.AddHours(-1), null));
        Assert.Null(DeliveryRetries.Next(25, Now.AddDays(-1), Now.AddHours(-1).AddTicks(1), null));
    }

    [Fact]
    public void Due_GivenAClaimThatIsAliveAndOneThatIsNot_TakesTheDeadOne()
    {
        var kept = Begin(Begin(Kept, "a", Now), "b", Now.AddSeconds(-60));

        Assert.Equal(["b"], DeliveryPlan.Due(kept, [new Named("a"), new Named("b")], Now).Select(d => d.Sink.Name));
    }

    [Fact]
    public void End_GivenAnAttemptThatWasTakenOver_CountsItOnlyIfItWasDelivered()
    {
        var mine = Begin(Kept, "a", Now);
        var attempt = mine.Deliveries[0];
        var others = DeliveryPlan.Begin(mine, AlertNotice.Firing, "a", "other", Now.AddMinutes(2), TimeSpan.FromMinutes(1), null);

        var failed = DeliveryPlan.End(others, attempt, new SinkAnswer("down"), Now.AddMinutes(2));
        var delivered = DeliveryPlan.End(others, attempt, SinkAnswer.Delivered, Now.AddMinutes(2));
        var lateFailure = DeliveryPlan.End(delivered, others.Deliveries[0], new SinkAnswer("down"), Now.AddMinutes(2));

        Assert.Same(others, failed);
        Assert.Equal(DeliveryState.Delivered, delivered.Deliveries.Single().State);
        Assert.Same(delivered, lateFailure);
    }

    [Theory]
    [InlineData("s", null, true)]
    [InlineData(null, "r", true)]
    [InlineData("s", "r", true)]
    [InlineData("other", "r", false)]
    [InlineData("s", "other", false)]
    public void Covers_GivenAScopeOrARule_HoldsUntilItsTime(string? scope, string? rule, bool expected)
    {
        var silence = new AlertSilence { Id = "i", Scope = scope, Rule = rule, Created = Now, Until = Now.AddHours(1), Reason = "why" };

        Assert.Equal((expected, false), (silence.Covers(Kept.Key, Now.AddMinutes(59)), silence.Covers(Kept.Key, Now.AddHours(1))));
    }

    private static KeptAlert Begin(KeptAlert kept, string sink, DateTimeOffset now) => DeliveryPlan.Begin(kept, AlertNotice.Firing, sink, "me", now, TimeSpan.FromMinutes(1), null);

    private sealed class Named(string name) : IAlertSink
    {
        public string Name => name;

        public AlertSeverity LeastSeverity => AlertSeverity.Info;

        public Task<SinkAnswer> SendAsync(SinkNotice notice, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
