using CostMonitor.Core.Alerts;
using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;
using static CostMonitor.Core.Tests.Budgets.Sample;

namespace CostMonitor.Core.Tests.Budgets;

public sealed class BudgetAlertsTests
{
    private static readonly DateTimeOffset Now = Utc("2026-11-15T23:00:00"); // half of November in Berlin, which is one hour ahead
    private static readonly Budget Search = Budget(BudgetPeriod.Month, "Europe/Berlin");

    [Fact]
    public void Of_GivenAnAccountBelowTheFirstThreshold_SaysNothing() => Assert.Empty(Alerts(Search, State(399.99m)));

    [Fact]
    public void Of_GivenTheFirstThreshold_IsANoticeWithAllFigures() => AssertText(
        """
        Info budget:team-search|2026-11|threshold-80
        Budget team-search (team:search): 80 % of $500.00 used
        Calls go on as before. Next: at 95 % calls are throttled, at 100 % new paid calls are refused.
        Scope: team:search
        Period: 2026-11
        Spent: $400.00
        Limit: $500.00
        Percent: 80 %
        Held: $0.00
        Forecast: $800.00 at the end, 160 %; the limit is reached at 2026-11-19 18:00 (Europe/Berlin)
        """,
        Assert.Single(Alerts(Search, State(400))));

    [Fact]
    public void Of_GivenAThrottledBudget_SaysWhichLeversArePulled()
    {
        var budget = Search with
        {
            Throttling = new Throttling
            {
                Cheaper = new Dictionary<ModelKey, ModelKey> { [ModelKey.Parse("sim:large")] = ModelKey.Parse("sim:small") }, MaxOutputTokens = 256, CacheTtlFactor = 4,
            },
        };
        var state = State(479.9m) with { Held = new Usd(12.5m), Unconfirmed = new Usd(0.0095m), Unpriced = 3 };

        var alerts = Alerts(budget, state);

        Assert.Equal(["threshold-80", "threshold-90", "threshold-95"], alerts.Select(a => a.Key.Rule));
        Assert.Equal([AlertSeverity.Info, AlertSeverity.Warning, AlertSeverity.Error], alerts.Select(a => a.Severity));
        AssertText(
            """
            Error budget:team-search|2026-11|threshold-95
            Budget team-search (team:search): 95 % of $500.00 used
            Normal and background calls are throttled: 50 % are let through, sim:small answers instead of sim:large, an answer has at most 256 tokens, cached answers are used 4 times as long. Critical calls go on as before. So it stays until 2026-12-01 00:00 (Europe/Berlin). Next: at 100 % new paid calls are refused. To let more through, raise the limit: costmon budget set.
            Scope: team:search
            Period: 2026-11
            Spent: at least $479.90, 3 unpriced
            Limit: $500.00
            Percent: 95.9 %
            Held: $12.50
            Unconfirmed: $0.0095
            Forecast: $959.80 at the end, 191.9 %; the limit is reached at 2026-11-16 15:04 (Europe/Berlin)
            """,
            alerts[2]); // 191.96 % is cut; 15 days * 500 / 479.9 = 15.628 days: day 16 at 15:04:37
    }

    [Fact]
    public void Of_GivenAUsedUpBudget_SaysThatCallsAreRefusedUntilWhen() => AssertText(
        """
        Critical budget:team-search|2026-11|threshold-100
        Budget team-search (team:search): 100 % of $500.00 used
        New paid calls are refused and cached answers are served until 2026-12-01 00:00 (Europe/Berlin). To let more through, raise the limit: costmon budget set.
        Scope: team:search
        Period: 2026-11
        Spent: $500.00
        Limit: $500.00
        Percent: 100 %
        Held: $0.00
        Forecast: $1,000.00 at the end, 200 %; the limit is reached
        """,
        Alerts(Search, State(500))[3]);

    [Fact]
    public void Of_GivenABudgetThatHadToRefuseBelowItsLimit_SaysWhy()
    {
        var state = State(499.99m) with { ExhaustedAt = Now.AddHours(-1) };

        var block = Alerts(Search, state)[3];

        Assert.Equal(
            "What is left did not pay for a call at 2026-11-15 23:00 (Europe/Berlin). New paid calls are refused and cached answers are served until 2026-12-01 00:00 (Europe/Berlin). "
            + "To let more through, raise the limit: costmon budget set.",
            block.Text);
        Assert.Equal((AlertSeverity.Critical, "$499.99"), (block.Severity, block.Facts.Single(f => f.Name == "Spent").Value));
    }

    [Fact]
    public void Of_GivenASoftBudget_OnlyTells()
    {
        var alerts = Alerts(Search with { IsHard = false }, State(600));

        Assert.Equal([AlertSeverity.Info, AlertSeverity.Warning, AlertSeverity.Warning, AlertSeverity.Warning], alerts.Select(a => a.Severity));
        Assert.All(alerts, a => Assert.Equal("Calls go on as before; this budget only tells.", a.Text));
        Assert.Equal("120 %", alerts[3].Facts.Single(f => f.Name == "Percent").Value);
    }

    [Fact]
    public void Of_GivenThrottlingWithoutALever_SaysSo()
    {
        var alert = Alerts(Search with { Throttling = new Throttling { Share = 1 } }, State(475))[2];

        Assert.StartsWith("Calls are to be throttled, but no lever is set, so that they go on as before. So it stays until", alert.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_GivenARollingBudget_TellsOnceAWindow()
    {
        var budget = Budget(BudgetPeriod.Rolling) with { Thresholds = [new BudgetThreshold(92.5m, BudgetAction.Block)] };
        var (before, within, behind) = (Utc("2026-11-20T23:59:59"), Utc("2026-11-21T00:00:00"), Utc("2026-11-21T23:59:59")); // windows of 24 h begin at midnight

        var keys = new[] { before, within, behind }.Select(now => Assert.Single(Alerts(budget, State(470), now)).Key.ToString());

        Assert.Equal(
            ["budget:team-search|20261120T000000Z|threshold-92.5", "budget:team-search|20261121T000000Z|threshold-92.5", "budget:team-search|20261121T000000Z|threshold-92.5"], keys);
        AssertText(
            """
            Critical budget:team-search|20261121T000000Z|threshold-92.5
            Budget team-search (team:search): 92.5 % of $500.00 used
            New paid calls are refused and cached answers are served until enough of what was spent is more than 24:00:00 ago. To let more through, raise the limit: costmon budget set.
            Scope: team:search
            Period: the last 24:00:00
            Spent: $470.00
            Limit: $500.00
            Percent: 94 %
            Held: $0.00
            """,
            Assert.Single(Alerts(budget, State(470), within)));
    }

    [Theory]
    [InlineData(BudgetDimension.User, "u42", "budget:team-search:u42", "Budget team-search (user:u42): 80 % of $500.00 used")]
    [InlineData(BudgetDimension.Model, "local:org/model~1", "budget:team-search:local:org~2Fmodel~7E1", "Budget team-search (model:local:org/model~1): 80 % of $500.00 used")]
    public void Of_GivenABudgetForEachValue_NamesTheValue(BudgetDimension dimension, string value, string scope, string title)
    {
        var alert = Assert.Single(Alerts(Search with { Scope = new BudgetScope(dimension) }, State(400, value)));

        Assert.Equal((scope, title), (alert.Key.Scope, alert.Title));
    }

    [Fact]
    public void Of_GivenVeryLongModelNames_KeepsTheirScopesShortAndApart()
    {
        var budget = Search with { Scope = new BudgetScope(BudgetDimension.Model) };
        var (one, other) = ($"a:{new string('/', 198)}1", $"a:{new string('/', 198)}2");

        var scopes = new[] { one, other }.Select(v => Assert.Single(Alerts(budget, State(400, v))).Key.Scope).ToArray();

        Assert.All(scopes, s => Assert.Equal(300, s.Length));
        Assert.NotEqual(scopes[0], scopes[1]);
    }

    [Fact]
    public void Recoveries_GivenARaisedLimit_AreTheThresholdsLeftByOnePercent()
    {
        var raised = Alerts(Search, State(480)).Select(a => a.Key).ToArray(); // 80, 90 and 95
        var higher = Search with { Limit = new Usd(600) };

        var recoveries = Recoveries(higher, State(540), raised); // 90 %: it is at the second still, and 5 % below the third

        AssertText(
            """
            Info budget:team-search|2026-11|threshold-95
            Budget team-search (team:search): below 95 % of $600.00 again
            In 2026-11, 90 % of $600.00 are used. Calls go on as usual.
            Scope: team:search
            Period: 2026-11
            Spent: $540.00
            Limit: $600.00
            Percent: 90 %
            Held: $0.00
            Forecast: $1,080.00 at the end, 180 %; the limit is reached at 2026-11-17 16:00 (Europe/Berlin)
            """,
            Assert.Single(recoveries));
    }

    [Theory]
    [InlineData(395.01, 0)] // 79.002 %
    [InlineData(395, 1)]
    public void Recoveries_GivenLittleLessThanTheThreshold_WaitForOnePercent(double settled, int count) =>
        Assert.Equal(count, Recoveries(Search, State((decimal)settled), [new AlertKey("budget:team-search", "2026-11", "threshold-80")]).Count);

    [Fact]
    public void Recoveries_GivenAPeriodThatIsOver_SayHowTheNextStands()
    {
        var recovery = Assert.Single(Recoveries(Search, State(480), [new AlertKey("budget:team-search", "2026-10", "threshold-80")]));

        Assert.Equal(
            ("budget:team-search|2026-10|threshold-80", "Budget team-search (team:search): 2026-10 is over",
                "In 2026-11, 96 % of $500.00 are used. Normal and background calls are throttled: 50 % are let through. Critical calls go on as before."),
            (recovery.Key.ToString(), recovery.Title, recovery.Text));
    }

    [Fact]
    public void Recoveries_GivenARollingWindowThatIsOver_NameIt()
    {
        var recovery = Assert.Single(Recoveries(Budget(BudgetPeriod.Rolling), State(500), [new AlertKey("budget:team-search", "20261101T000000Z", "threshold-80")]));

        Assert.Equal(
            ("Budget team-search (team:search): the window that began at 20261101T000000Z is over",
                "In the last 24:00:00, 100 % of $500.00 are used. New paid calls are still refused and cached answers are served until enough of what was spent is more than 24:00:00 ago."),
            (recovery.Title, recovery.Text));
    }

    [Theory]
    [InlineData("budget:team-other", "threshold-80")]
    [InlineData("budget:team-search:x", "threshold-80")]
    [InlineData("budget:team-search", "forecast")]
    [InlineData("budget:team-search", "threshold-high")]
    public void Recoveries_GivenKeysOfOtherThings_PassThemOver(string scope, string rule) =>
        Assert.Empty(Recoveries(Search, State(0), [new AlertKey(scope, "2026-10", rule), new AlertKey(scope, "2026-11", rule)]));

    [Theory]
    [InlineData("budget:gone", "2026-11", "threshold-80", "Budget gone: no longer in force")]
    [InlineData("budget:team-search:u1", "2026-11", "threshold-80", "Budget team-search:u1: no longer in force")] // it had one account for each user before
    [InlineData("budget:users:u1", "2026-10", "threshold-80", "Budget users:u1: 2026-10 is over")]
    [InlineData("budget:users:u1", "2026-11", "threshold-80", null)] // an account that could not be read
    [InlineData("budget:users:u2", "2026-10", "threshold-80", null)] // among the present ones
    [InlineData("budget:users", "2026-11", "threshold-80", "Budget users: no longer in force")]
    [InlineData("budget:gone", "2026-11", "forecast", null)]
    public void LeftBehind_GivenAlertsWithoutAPresentAccount_EndsThoseThatAreOver(string scope, string period, string rule, string? title)
    {
        var users = Search with { Id = "users", Scope = new BudgetScope(BudgetDimension.User) };
        var kept = new KeptAlert { Alert = new Alert { Key = new AlertKey(scope, period, rule), Severity = AlertSeverity.Info, At = Now.AddMinutes(-15), Title = "t", Text = "x" } };

        var recoveries = BudgetAlerts.LeftBehind([Search, users], [(Search, "search"), (users, "u2")], Now, [kept]);
        var early = BudgetAlerts.LeftBehind([Search, users], [(Search, "search"), (users, "u2")], Now, [kept with { Alert = kept.Alert with { At = Now.AddMinutes(-14) } }]);

        Assert.Equal(title, recoveries.SingleOrDefault()?.Title);
        Assert.Equal(title?.EndsWith("is over", StringComparison.Ordinal) == true ? title : null, early.SingleOrDefault()?.Title);
        Assert.All(recoveries, r => Assert.Equal((kept.Key, AlertSeverity.Info, Now), (r.Key, r.Severity, r.At)));
    }

    [Theory]
    [InlineData(399.99, true, null)]
    [InlineData(400, true, BudgetAction.Notice)]
    [InlineData(450, true, BudgetAction.Warn)]
    [InlineData(475, true, BudgetAction.Throttle)]
    [InlineData(500, true, BudgetAction.Block)]
    [InlineData(400, false, BudgetAction.Notice)]
    [InlineData(475, false, BudgetAction.Warn)]
    [InlineData(9999, false, BudgetAction.Warn)]
    public void ActionInForce_GivenAnAccount_IsTheFurthestReached(double settled, bool isHard, BudgetAction? expected) =>
        Assert.Equal(expected, BudgetAlerts.ActionInForce(Search with { IsHard = isHard }, State((decimal)settled)));

    [Fact]
    public void ActionInForce_GivenALimitOfZero_Blocks() =>
        Assert.Equal(BudgetAction.Block, BudgetAlerts.ActionInForce(Search with { Limit = Usd.Zero }, State(0)));

    private static IReadOnlyList<Alert> Alerts(Budget budget, LedgerState state, DateTimeOffset? now = null) =>
        BudgetAlerts.Of(budget, state, BudgetCalendar.SpanAt(budget, now ?? Now), now ?? Now);

    private static IReadOnlyList<Alert> Recoveries(Budget budget, LedgerState state, AlertKey[] raised) =>
        BudgetAlerts.Recoveries(budget, state, BudgetCalendar.SpanAt(budget, Now), Now, raised);

    private static void AssertText(string expected, Alert alert)
    {
        Assert.Equal(Now.Year, alert.At.Year);
        Assert.Equal(expected, $"{alert.Severity} {alert.Key}\n{alert.Title}\n{alert.Text}\n{string.Join('\n', alert.Facts.Select(f => $"{f.Name}: {f.Value}"))}");
    }
}
