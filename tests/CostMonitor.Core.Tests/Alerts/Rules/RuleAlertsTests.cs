using CostMonitor.Core.Alerts;
using CostMonitor.Core.Alerts.Rules;

namespace CostMonitor.Core.Tests.Alerts.Rules;

public sealed class RuleAlertsTests
{
    private static readonly DateTimeOffset Ten = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly AlertRule Latency = AlertRules.BuiltIn.Single(r => r.Name == "p95-latency");

    [Fact]
    public void Fired_GivenARuleOfRuns_SaysWhatWhereAndWhatToDo()
    {
        var state = new RuleState { Rule = "p95-latency", Scope = "sim:a", IsFiring = true, Since = Ten, Episode = Ten, Value = 3.25m, N = 120 };

        var alert = RuleAlerts.Fired(Latency with { Per = RuleGrouping.Model }, state);

        Assert.Equal((new AlertKey("rule:p95-latency:sim:a", "20261121T100000Z", "p95-latency"), AlertSeverity.Warning, Ten), (alert.Key, alert.Severity, alert.At));
        Assert.Equal("p95-latency of sim:a: p95 latency (Hyndman-Fan 7) 3.25 s, above 3 s", alert.Title);
        Assert.Equal("It is over when the value is 2.7 s or less. Look at the summary by model (GET /api/summary), breakers and limits in GET /api/health.", alert.Text);
        Assert.Equal(
            [
                new("Scope", "sim:a"), new("Metric", "latency-p95: p95 latency (Hyndman-Fan 7)"), new("Value", "3.25 s"), new("Threshold", "above 3 s"),
                new("Window", "the last 01:00:00"), new("n", "120, at least 20"),
            ],
            alert.Facts);
    }

    [Fact]
    public void Recovered_GivenARuleOfTheApp_HasTheAlertsKey()
    {
        var rule = AlertRules.BuiltIn.Single(r => r.Name == "breaker-open");
        var state = new RuleState { Rule = "breaker-open", Scope = "", Since = Ten.AddMinutes(7), Episode = Ten, Value = 0 };

        var alert = RuleAlerts.Recovered(rule, state);

        Assert.Equal((RuleAlerts.Fired(rule, state).Key, Ten.AddMinutes(7)), (alert.Key, alert.At));
        Assert.Equal("rule:breaker-open|20261121T100000Z|breaker-open", alert.Key.ToString());
        Assert.Equal("breaker-open is over: deployments whose circuit breaker is not closed 0", alert.Title);
        Assert.Equal("The value is 0 or less again. It had fired since 2026-11-21 10:00:00Z.", alert.Text);
    }

    [Theory]
    [InlineData("daily-cost", "166.67", "$166.67")]
    [InlineData("cost-per-request", "0.02125", "$0.02125")]
    [InlineData("cache-hit-rate", "18.4567", "18.457 %")]
    [InlineData("tokens-per-request", "640", "640 tokens")]
    [InlineData("poison-messages", "2", "2")]
    public void Show_GivenAValue_HasItsUnit(string rule, string value, string expected) =>
        Assert.Equal(expected, AlertRules.BuiltIn.Single(r => r.Name == rule).Info.Show(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("openai:gpt-4o", "openai:gpt-4o")]
    [InlineData("local:org/model#1?|\\", "local:org~2Fmodel~231~3F~7C~5C")]
    [InlineData("local:a~b", "local:a~7Eb")]
    [InlineData("local:é", "local:~C3~A9")]
    public void Escape_GivenAScope_LeavesNothingThatKeysMustNotHold(string scope, string expected) => Assert.Equal(expected, RuleScope.Escape(scope));

    [Fact]
    public void Escape_GivenLongScopes_IsShortAndStillTellsThemApart()
    {
        var (one, other) = (RuleScope.Escape("local:" + new string('é', 200)), RuleScope.Escape("local:" + new string('é', 199) + "e"));

        Assert.Equal((230, 230), (one.Length, other.Length));
        Assert.NotEqual(one, other);
        Assert.InRange(RuleAlerts.KeyOf(new RuleState { Rule = new string('r', 60), Scope = "local:" + new string('é', 200), Since = Ten }).Scope.Length, 1, 300);
    }

    [Fact]
    public void HasScope_GivenItsGroupingAndFilter_KnowsItsOwn()
    {
        var (model, provider) = (Latency with { Per = RuleGrouping.Model, Provider = "sim" }, Latency with { Per = RuleGrouping.Provider });

        Assert.Equal((true, false), (Latency.HasScope(""), Latency.HasScope("sim:a")));
        Assert.Equal((true, false, false), (model.HasScope("sim:a"), model.HasScope("openai:a"), model.HasScope("")));
        Assert.Equal((true, false, false), (provider.HasScope("sim"), provider.HasScope("sim:a"), (provider with { Provider = "openai" }).HasScope("sim")));
    }
}
