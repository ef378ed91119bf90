using CostMonitor.Core.Alerts;
using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Alerts.Rules;

public sealed class AlertRuleFileTests
{
    private static readonly RuleWindow Hour = RuleWindow.Last(TimeSpan.FromHours(1));

    [Fact]
    public void BuiltIn_GivenNoFile_HasTheNumbersOfTheRequirements()
    {
        var rules = AlertRules.BuiltIn.Select(r => (r.Name, r.Info.Name, $"{r.Comparison} {r.Threshold.ToString(System.Globalization.CultureInfo.InvariantCulture)}", r.Window.ToString(), r.LeastN));

        Assert.Equal(
            [
                ("daily-cost", "cost", "Above 166.67", "day", 0),
                ("cache-hit-rate", "cache-hit-rate", "Below 20", "01:00:00", 100),
                ("tokens-per-request", "tokens-per-request", "Above 600", "01:00:00", 20),
                ("cost-per-request", "cost-per-request", "Above 0.02", "01:00:00", 20),
                ("p95-latency", "latency-p95", "Above 3", "01:00:00", 20),
                ("quality-drop", "quality-drop", "Above 10", "1.00:00:00", 20),
                ("breaker-open", "open-breakers", "Above 0", "now", 0),
                ("unpriced-calls", "unpriced-calls", "Above 0", "now", 0),
                ("missed-canary-slots", "missed-canary-slots", "Above 0", "now", 0),
                ("undelivered-alerts", "undelivered-alerts", "Above 0", "now", 0),
                ("poison-messages", "poison-messages", "Above 0", "now", 0),
                ("forecast-to-exceed", "budgets-forecast-to-exceed", "Above 0", "now", 0),
            ],
            rules);
        Assert.All(AlertRules.BuiltIn, r => Assert.Equal((0.1m, 1, true, RuleGrouping.None), (r.Hysteresis, r.For, r.IsEnabled, r.Per)));
    }

    [Fact]
    public void Of_GivenEachMetric_IsThatOfTheMetric() =>
        Assert.All(Enum.GetValues<RuleMetric>(), metric => Assert.Equal(metric, RuleMetricInfo.Of(metric).Metric));

    [Fact]
    public void Parse_GivenARuleOfABuiltInName_ReplacesWhatItSaysInItsPlace()
    {
        var rules = AlertRuleFile.Parse("""{"rules":[{"name":"p95-latency","above":5,"per":"model","for":3},{"name":"poison-messages","enabled":false}]}""", "rules.json");

        var usual = AlertRules.BuiltIn;
        Assert.Equal(usual.Select(r => r.Name), rules.Select(r => r.Name));
        Assert.Equal(usual[4] with { Threshold = 5, Per = RuleGrouping.Model, For = 3 }, rules[4]);
        Assert.Equal(usual[10] with { IsEnabled = false }, rules[10]);
        Assert.Equal(usual.Where((_, i) => i is not (4 or 10)), rules.Where((_, i) => i is not (4 or 10)));
    }

    [Fact]
    public void Parse_GivenARuleOfItsOwn_AddsItWithTheMetricsDefaults()
    {
        var rules = AlertRuleFile.Parse(
            """
            {"rules":[
              {"name":"dear-gpt","metric":"cost-per-request","model":"openai:gpt-4o","window":"1.00:00:00","above":0.05,"severity":"critical","hysteresis":0.25,"leastN":50},
              {"name":"cold","metric":"cache-hit-rate","per":"provider","provider":"openai","window":"day","below":35.5}
            ]}
            """,
            "rules.json");

        Assert.Equal(AlertRules.BuiltIn.Count + 2, rules.Count);
        Assert.Equal(
            new AlertRule
            {
                Name = "dear-gpt", Metric = RuleMetric.CostPerRequest, Model = ModelKey.Parse("openai:gpt-4o"), Window = RuleWindow.Last(TimeSpan.FromDays(1)),
                Comparison = RuleComparison.Above, Threshold = 0.05m, Severity = AlertSeverity.Critical, Hysteresis = 0.25m, LeastN = 50,
            },
            rules[^2]);
        Assert.Equal(
            new AlertRule
            {
                Name = "cold", Metric = RuleMetric.CacheHitRate, Per = RuleGrouping.Provider, Provider = "openai", Window = RuleWindow.Day,
                Comparison = RuleComparison.Below, Threshold = 35.5m, LeastN = 100,
            },
            rules[^1]);
    }

    [Fact]
    public void Parse_GivenSeveralFaults_NamesThemAll()
    {
        const string File = """
            {"rules":[
              {"name":"a","metric":"latency","window":"01:00:00","above":1},
              {"name":"B b","metric":"cost","window":"30","above":-1},
              {"name":"c","metric":"cache-hit-rate","above":120},
              {"name":"d","metric":"open-breakers","window":"day","above":0,"per":"model"},
              {"name":"e","metric":"cost","window":"day","above":1,"below":2},
              {"name":"f","metric":"cost","window":"day"},
              {"name":"g","metric":"cost","window":"day","below":0,"treshold":1},
              {"name":"h","metric":"cache-hit-rate","window":"day","below":95},
              {"name":"h","metric":"quality-drop","window":"00:00:30","above":100},
              {"name":"i","metric":"cost","window":"day","above":1,"model":"openai:gpt-4o","provider":"anthropic"},
              {"name":"j","window":"day","above":1,"hysteresis":1,"for":0,"leastN":-1,"severity":"loud","enabled":"no"}
            ]}
            """;

        var failure = Assert.Throws<InputException>(() => AlertRuleFile.Parse(File, "rules.json"));

        const string Metrics = "cost, cache-hit-rate, tokens-per-request, cost-per-request, latency-p95, quality-drop, open-breakers, unpriced-calls, missed-canary-slots, undelivered-alerts, poison-messages, budgets-forecast-to-exceed";
        const string Window = "\"day\" or a time span from 00:01:00 to 31.00:00:00, as in \"01:00:00\"";
        Assert.Equal(
            [
                $"rules.json $.rules[0].metric: Expected one of {Metrics}, got \"latency\".",
                "rules.json $.rules[1].name: Expected 1 to 60 lower-case letters, digits or dashes, a letter first, got 'B b'.",
                "rules.json $.rules[1].above: Expected a decimal from 0 to 1000000000, got -1.",
                $"rules.json $.rules[1].window: Expected {Window}, got \"30\".",
                "rules.json $.rules[2].above: Expected a decimal from 0 to 100, got 120.",
                $"rules.json $.rules[2]: 'window' is missing; expected {Window}.",
                "rules.json $.rules[3].window: 'open-breakers' is about the app's own state and has no window.",
                "rules.json $.rules[3].per: 'open-breakers' is about the app as a whole: it has no per.",
                "rules.json $.rules[4]: Expected one of 'above' and 'below', got both.",
                "rules.json $.rules[5]: Expected 'above' or 'below' with a threshold in USD, got neither.",
                "rules.json $.rules[6].treshold: Unknown property; expected one of name, metric, per, model, provider, window, above, below, leastN, hysteresis, for, severity, enabled.",
                "rules.json $.rules[6]: Nothing lies below 0: the rule would never fire.",
                "rules.json $.rules[7]: With this hysteresis the rule recovers at 104.5 %, which no value reaches.",
                $"rules.json $.rules[8].window: Expected {Window}, got \"00:00:30\".",
                "rules.json $.rules[8]: Nothing lies above 100 %: the rule would never fire.",
                "rules.json $.rules[8]: There are two rules 'h'.",
                "rules.json $.rules[9].provider: openai:gpt-4o is none of provider 'anthropic': the rule would look at nothing.",
                $"rules.json $.rules[10]: 'metric' is missing; expected one of {Metrics}.",
                "rules.json $.rules[10].leastN: Expected a whole number from 0 to 1000000, got -1.",
                "rules.json $.rules[10].hysteresis: Expected a decimal from 0 to 0.9, got 1.",
                "rules.json $.rules[10].for: Expected a whole number from 1 to 1000, got 0.",
                "rules.json $.rules[10].severity: Expected one of info, warning, error, critical, got \"loud\".",
                "rules.json $.rules[10].enabled: Expected true or false, got \"no\".",
            ],
            failure.Faults.Select(f => f.ToString()));
    }

    [Theory]
    [InlineData("""{"rules":{}}""", "rules.json $.rules: Expected an array of rules, got an object.")]
    [InlineData("""{}""", "rules.json $: 'rules' is missing; expected an array of rules.")]
    [InlineData("""{"rules":[{"name":"x","metric":"cost","window":"40.00:00:00","above":1}]}""", "rules.json $.rules[0].window: Expected \"day\" or a time span from 00:01:00 to 31.00:00:00, as in \"01:00:00\", got \"40.00:00:00\".")]
    [InlineData("""{"rules":[{"name":"p95-latency","metric":"cost","above":1}]}""", "rules.json $.rules[0]: 'window' is missing; expected \"day\" or a time span from 00:01:00 to 31.00:00:00, as in \"01:00:00\".")]
    public void Parse_GivenOneFault_SaysWhatAndWhere(string json, string expected)
    {
        var failure = Assert.Throws<InputException>(() => AlertRuleFile.Parse(json, "rules.json"));

        Assert.Equal(expected, Assert.Single(failure.Faults).ToString());
    }

    [Fact]
    public void Parse_GivenTheSample_IsValidAndChangesTheBuiltInRules()
    {
        var rules = AlertRuleFile.Parse(Repository.Read("samples/alert-rules.json"), "alert-rules.json");

        Assert.NotEqual(AlertRules.BuiltIn, rules);
        Assert.True(rules.Count > AlertRules.BuiltIn.Count);
    }

    [Fact]
    public void Every_GivenWindows_IsAMinuteOrASixtieth()
    {
        var rule = AlertRules.BuiltIn[4];

        Assert.Equal(TimeSpan.FromMinutes(1), (rule with { Window = RuleWindow.Now }).Every);
        Assert.Equal(TimeSpan.FromMinutes(1), (rule with { Window = Hour }).Every);
        Assert.Equal(TimeSpan.FromMinutes(24), (rule with { Window = RuleWindow.Day }).Every);
        Assert.Equal(TimeSpan.FromHours(1), (rule with { Window = Hour, Metric = RuleMetric.QualityDrop }).Every); // its baseline is a week
        Assert.Equal(TimeSpan.FromHours(2.8), (rule with { Window = RuleWindow.Last(TimeSpan.FromDays(7)), Metric = RuleMetric.QualityDrop }).Every);
    }
}
