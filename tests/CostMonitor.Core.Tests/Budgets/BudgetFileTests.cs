using System.Text;
using System.Text.Json;
using CostMonitor.Core.Budgets;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Budgets;

public sealed class BudgetFileTests
{
    private const string Scopes = "all, or one of provider, model, team, app, feature, user, experiment with a value or each, as in team:search, user:each or model:openai:gpt-4o";

    [Fact]
    public void ParseOne_GivenTheLeast_TakesTheDefaults()
    {
        var budget = BudgetFile.ParseOne("""{"id":"all","scope":"all","period":"month","limitUsd":5000}""", "body").Budget;

        Assert.Equal(("all", new BudgetScope(BudgetDimension.All), BudgetPeriod.Month, new Usd(5000)), (budget.Id, budget.Scope, budget.Period, budget.Limit));
        Assert.Equal((TimeZoneInfo.Utc, true, false, false), (budget.Zone, budget.IsHard, budget.HoldsLearned, budget.CountsUnconfirmed));
        Assert.Equal((4096, Usd.Zero, default), (budget.OutputTokens, budget.Overdraft, budget.Window));
        Assert.Same(Budget.UsualThresholds, budget.Thresholds);
        Assert.Same(Throttling.Usual, budget.Throttling);
        Assert.Empty(budget.AllowsUnpriced);
    }

    [Fact]
    public void ParseOne_GivenEverything_ReadsEverything()
    {
        var definition = BudgetFile.ParseOne(
            """
            {
              "id": "search-2", "scope": "model:openai:gpt-4o", "period": "rolling", "window": "24:00:00", "timeZone": "Europe/Berlin", "limitUsd": 0.01, "hard": false,
              "allowUnpriced": ["local:llama", "local:qwen"],
              "thresholds": [ { "percent": 50, "action": "warn" }, { "percent": 92.5, "action": "throttle" }, ],
              "throttling": { "share": 0.25, "cheaper": { "openai:gpt-4o": "openai:gpt-4o-mini" }, "maxOutputTokens": 256, "cacheTtlFactor": 4 },
              "outputTokens": 1000, "hold": "learned", "overdraftUsd": 1.5, "countUnconfirmed": true, // a comment
            }
            """,
            "body");

        var budget = definition.Budget;
        Assert.Equal(new BudgetScope(BudgetDimension.Model, "openai:gpt-4o"), budget.Scope);
        Assert.Equal((BudgetPeriod.Rolling, TimeSpan.FromDays(1), "Europe/Berlin", new Usd(0.01m), false), (budget.Period, budget.Window, budget.Zone.Id, budget.Limit, budget.IsHard));
        Assert.Equal([ModelKey.Parse("local:llama"), ModelKey.Parse("local:qwen")], budget.AllowsUnpriced);
        Assert.Equal([new BudgetThreshold(50, BudgetAction.Warn), new BudgetThreshold(92.5m, BudgetAction.Throttle)], budget.Thresholds);
        Assert.Equal((0.25, 256, 4.0), (budget.Throttling.Share, budget.Throttling.MaxOutputTokens, budget.Throttling.CacheTtlFactor));
        Assert.Equal([new(ModelKey.Parse("openai:gpt-4o"), ModelKey.Parse("openai:gpt-4o-mini"))], budget.Throttling.Cheaper);
        Assert.Equal((1000, true, new Usd(1.5m), true), (budget.OutputTokens, budget.HoldsLearned, budget.Overdraft, budget.CountsUnconfirmed));
        Assert.Equal([budget], definition.Budgets);
    }

    [Theory]
    [InlineData("\"derived\"", 166.67, true)]
    [InlineData("200", 200, false)]
    [InlineData("5000", 5000, false)]
    [InlineData("0", 0, false)]
    public void ParseOne_GivenADailyCap_IsTwoBudgets(string cap, decimal expected, bool isDerived)
    {
        var definition = BudgetFile.ParseOne(
            $$"""{"id":"all","scope":"team:each","period":"month","limitUsd":5000,"dailyCapUsd":{{cap}},"timeZone":"America/New_York","hard":false,"outputTokens":7}""", "body");

        Assert.Equal(new DailyCap(new Usd(expected), isDerived), definition.DailyCap);
        Assert.Equal(
            [definition.Budget, definition.Budget with { Id = "all.day", Period = BudgetPeriod.Day, Limit = new Usd(expected) }],
            definition.Budgets);
    }

    [Theory]
    [InlineData("W. Europe Standard Time", "Europe/Berlin")]
    [InlineData("eastern standard time", "America/New_York")]
    [InlineData("Asia/Kolkata", "Asia/Kolkata")]
    [InlineData("UTC", "UTC")]
    public void ParseOne_GivenATimeZoneOfAnySystem_FindsIt(string name, string id)
    {
        var budget = BudgetFile.ParseOne($$"""{"id":"a","scope":"all","period":"day","limitUsd":1,"timeZone":"{{name}}"}""", "body").Budget;

        Assert.Equal(id, budget.Zone.Id);
    }

    [Theory]
    [InlineData("all", BudgetDimension.All, null)]
    [InlineData("provider:azure-openai", BudgetDimension.Provider, "azure-openai")]
    [InlineData("model:local:org/model", BudgetDimension.Model, "local:org/model")]
    [InlineData("user:each", BudgetDimension.User, null)]
    [InlineData("feature:a b: c", BudgetDimension.Feature, "a b: c")]
    public void TryParse_GivenAScope_ReadsWhatToStringWrites(string text, BudgetDimension dimension, string? value)
    {
        Assert.True(BudgetScope.TryParse(text, out var scope));

        Assert.Equal((new BudgetScope(dimension, value), text), (scope, scope.ToString()));
    }

    [Fact]
    public void ParseOne_GivenNothing_NamesAllThatIsMissing() => AssertFaults(
        "{}",
        "body $: 'period' is missing; expected one of day, week, month, rolling.",
        "body $: 'limitUsd' is missing; expected US dollars, as in 500.",
        "body $: 'id' is missing; expected an id of 1 to 50 lower-case letters, digits or dashes, a letter first.",
        $"body $: 'scope' is missing; expected {Scopes}.");

    [Theory]
    [InlineData("id", "\"x.day\"", "'x.day' is no budget id: expected an id of 1 to 50 lower-case letters, digits or dashes, a letter first.")]
    [InlineData("id", "\"1st\"", "'1st' is no budget id: expected an id of 1 to 50 lower-case letters, digits or dashes, a letter first.")]
    [InlineData("scope", "\"squad:search\"", $"'squad:search' is no scope: expected {Scopes}.")]
    [InlineData("scope", "\"all:search\"", $"'all:search' is no scope: expected {Scopes}.")]
    [InlineData("scope", "\"team:\"", $"'team:' is no scope: expected {Scopes}.")]
    [InlineData("scope", "\"team:a/b\"", $"'team:a/b' is no scope: expected {Scopes}.")]
    [InlineData("scope", "\"model:gpt-4o\"", $"'model:gpt-4o' is no scope: expected {Scopes}.")]
    [InlineData("scope", "\"provider:Open AI\"", $"'provider:Open AI' is no scope: expected {Scopes}.")]
    [InlineData("period", "\"year\"", "Expected one of day, week, month, rolling, got \"year\".")]
    [InlineData("timeZone", "\"Europe/Berln\"", "This system knows no time zone \"Europe/Berln\": expected the name of a time zone, as in Europe/Berlin, America/New_York, UTC or W. Europe Standard Time.")]
    [InlineData("limitUsd", "-1", "Expected a decimal from 0 to 1000000000000, got -1.")]
    [InlineData("limitUsd", "\"500\"", "Expected a decimal from 0 to 1000000000000, got \"500\".")]
    [InlineData("dailyCapUsd", "500.01", "The daily cap of $500.01 is above the monthly limit of $500.00: expected at most that.")]
    [InlineData("dailyCapUsd", "\"monthly\"", "Expected US dollars a day, or \"derived\" for a thirtieth of limitUsd, got \"monthly\".")]
    [InlineData("window", "\"24:00:00\"", "Only a rolling budget has a window; this one's period is month.")]
    [InlineData("hard", "\"yes\"", "Expected true or false, got \"yes\".")]
    [InlineData("allowUnpriced", "[\"gpt\"]", "'gpt' is no model: expected provider:model, as in openai:gpt-4o.", "[0]")]
    [InlineData("allowUnpriced", "[\"a:b\",\"a:b\"]", "a:b stands twice.", "[1]")]
    [InlineData("thresholds", "[{\"percent\":80,\"action\":\"notice\"},{\"percent\":80,\"action\":\"warn\"}]", "Thresholds rise: expected more than the 80 % before it, got 80 %.", "[1]")]
    [InlineData("thresholds", "[{\"percent\":100.5,\"action\":\"notice\"}]", "Expected a decimal from 0 to 100, got 100.5.", "[0].percent")]
    [InlineData("thresholds", "[{\"percent\":0,\"action\":\"notice\"}]", "Expected more than 0 percent of the limit.", "[0].percent")]
    [InlineData("thresholds", "[{\"percent\":80,\"action\":\"stop\"}]", "Expected one of notice, warn, throttle, block, got \"stop\".", "[0].action")]
    [InlineData("thresholds", "[{\"percent\":90,\"action\":\"block\"},{\"percent\":95,\"action\":\"throttle\"}]", "At 95 % nothing is left to throttle: calls are refused from 90 % on. Expected throttle below block.", "[1]")]
    [InlineData("throttling", "{\"share\":0}", "Expected a share above 0; to refuse calls, use the action block.", ".share")]
    [InlineData("throttling", "{\"share\":1.1}", "Expected a number from 0 to 1, got 1.1.", ".share")]
    [InlineData("throttling", "{\"cacheTtlFactor\":0.5}", "Expected a number from 1 to 1000, got 0.5.", ".cacheTtlFactor")]
    [InlineData("throttling", "{\"maxOutputTokens\":0}", "Expected a whole number from 1 to 1000000, got 0.", ".maxOutputTokens")]
    [InlineData("throttling", "{\"cheaper\":{\"a:b\":\"a:b\"}}", "a:b is asked instead of itself; expected another model.", ".cheaper")]
    [InlineData("throttling", "{\"cheaper\":{\"ab\":\"a:b\"}}", "'ab' is no model: expected provider:model, as in openai:gpt-4o.", ".cheaper.ab")]
    [InlineData("outputTokens", "0", "Expected a whole number from 1 to 1000000, got 0.")]
    [InlineData("hold", "\"p95\"", "Expected one of worst-case, learned, got \"p95\".")]
    [InlineData("overdraftUsd", "-0.1", "Expected a decimal from 0 to 1000000000000, got -0.1.")]
    [InlineData("limit", "5", "Unknown property; expected one of id, scope, period, window, timeZone, limitUsd, dailyCapUsd, hard, allowUnpriced, thresholds, throttling, outputTokens, hold, overdraftUsd, countUnconfirmed.")]
    public void ParseOne_GivenAFault_SaysWhereAndWhatWasExpected(string name, string value, string problem, string below = "") =>
        AssertFaults(With(name, value), $"body $.{name}{below}: {problem}");

    [Theory]
    [InlineData(null, "body $: 'window' is missing; expected a window from 01:00:00 to 744:00:00 (31 days) as hours, minutes and seconds, as in 24:00:00.")]
    [InlineData("00:59:59", "body $.window: Expected a window from 01:00:00 to 744:00:00 (31 days) as hours, minutes and seconds, as in 24:00:00, got \"00:59:59\".")]
    [InlineData("744:00:01", "body $.window: Expected a window from 01:00:00 to 744:00:00 (31 days) as hours, minutes and seconds, as in 24:00:00, got \"744:00:01\".")]
    [InlineData("1.00:00:00", "body $.window: Expected a window from 01:00:00 to 744:00:00 (31 days) as hours, minutes and seconds, as in 24:00:00, got \"1.00:00:00\".")]
    public void ParseOne_GivenNoUsableWindow_SaysWhatWasExpected(string? window, string fault) =>
        AssertFaults(With("period", "\"rolling\"", ("window", window is null ? "null" : $"\"{window}\"")), fault);

    [Theory]
    [InlineData("01:00:00", 1)]
    [InlineData("744:00:00", 744)]
    public void ParseOne_GivenTheShortestAndTheLongestWindow_TakesThem(string window, int hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), BudgetFile.ParseOne(With("period", "\"rolling\"", ("window", $"\"{window}\"")), "body").Budget.Window);

    [Fact]
    public void ParseOne_GivenACapOfADailyBudget_SaysWhoHasOne() => AssertFaults(
        With("period", "\"day\"", ("dailyCapUsd", "10")), "body $.dailyCapUsd: Only a monthly budget has a daily cap; this one's period is day.");

    [Fact]
    public void ParseOne_GivenALimitWhoseThirtiethIsNothing_AsksForACap() => AssertFaults(
        With("limitUsd", "0.14", ("dailyCapUsd", "\"derived\"")),
        "body $.dailyCapUsd: A thirtieth of $0.14 is less than a cent, so that nothing would be paid for: expected US dollars a day.");

    [Fact]
    public void ParseOne_GivenALimitOfZero_PaysForNothing() =>
        Assert.Equal([Usd.Zero, Usd.Zero], BudgetFile.ParseOne(With("limitUsd", "0", ("dailyCapUsd", "\"derived\"")), "body").Budgets.Select(b => b.Limit));

    [Fact]
    public void ParseOne_GivenCheaperModelsInACircle_NamesThem() => AssertFaults(
        With("throttling", """{"cheaper":{"a:b":"a:c","a:c":"a:b","a:d":"a:b"}}"""),
        "body $.throttling.cheaper: a:c is asked instead of a:b, and in the end a:b instead of it; expected no way back.",
        "body $.throttling.cheaper: a:b is asked instead of a:c, and in the end a:c instead of it; expected no way back.");

    [Fact]
    public void Parse_GivenSeveralFaultyBudgets_NamesAllFaultsAndContradictionsOfTheOthers()
    {
        var failure = Assert.Throws<InputException>(() => BudgetFile.Parse(
            """
            {"budgets":[
              {"id":"a","scope":"all","period":"month","limitUsd":500},
              {"id":"b","scope":"all","period":"never","limitUsd":-1},
              {"id":"c","scope":"all","period":"month","limitUsd":400},
              7]}
            """,
            "budgets.json"));

        Assert.Equal(
            [
                "budgets.json $.budgets[1].period: Expected one of day, week, month, rolling, got \"never\".",
                "budgets.json $.budgets[1].limitUsd: Expected a decimal from 0 to 1000000000000, got -1.",
                "budgets.json $.budgets[3]: Expected an object, got 7.",
                "budgets.json $.budgets[2]: 'c' and 'a' overlap: both are hard limits of all for a month; expected one.",
            ],
            failure.Faults.Select(f => f.ToString()));
    }

    [Theory]
    [InlineData("[]", "budgets.json $: Expected an object, got an array.")]
    [InlineData("{}", "budgets.json $: 'budgets' is missing; expected an array of budgets.")]
    [InlineData("""{"budgets":{}}""", "budgets.json $.budgets: Expected an array of budgets, got an object.")]
    [InlineData("""{"budgets":[],"limits":1}""", "budgets.json $.limits: Unknown property; expected one of budgets.")]
    public void Parse_GivenNoArrayOfBudgets_SaysSo(string json, string fault) =>
        Assert.Equal(fault, Assert.Single(Assert.Throws<InputException>(() => BudgetFile.Parse(json, "budgets.json")).Faults).ToString());

    [Fact]
    public void ParseAny_GivenOneBudgetOrSeveral_ReadsThem()
    {
        var one = BudgetFile.ParseAny(With("id", "\"a\""), "f.json");
        var several = BudgetFile.ParseAny($$"""{"budgets":[{{With("id", "\"a\"")}}]}""", "f.json");

        Assert.Equal(("a", "f.json $"), (Assert.Single(one).Definition.Id, one[0].ToString()));
        Assert.Equal(("a", "f.json $.budgets[0]"), (Assert.Single(several).Definition.Id, several[0].ToString()));
    }

    [Fact]
    public void Parse_GivenTheSample_IsAllOfAMonthWithItsDailyCap()
    {
        var budgets = BudgetFile.Parse(Repository.Read("samples/budgets.json"), "budgets.json").SelectMany(b => b.Definition.Budgets).ToArray();

        Assert.Contains(budgets, b => b is { Id: "all", IsHard: true, Period: BudgetPeriod.Month, Limit.Amount: 5000, Scope.Dimension: BudgetDimension.All });
        Assert.Contains(budgets, b => b is { Id: "all.day", IsHard: true, Period: BudgetPeriod.Day, Limit.Amount: 166.67m });
    }

    [Fact]
    public void Write_GivenAnyBudgets_IsReadBackAsTheyWere() =>
        Prop.ForAll(AnyBudget.Definitions, written =>
        {
            var read = BudgetFile.Parse(Written(written), "written").Select(b => b.Definition).ToArray();
            return read.Select(AnyBudget.Known).SequenceEqual(written.Select(AnyBudget.Known)).Label(Written(written));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TextOf_GivenAnyBudget_IsReadBackAsItWas() =>
        Prop.ForAll(AnyBudget.Definition, written => AnyBudget.Known(BudgetFile.ParseOne(BudgetFile.TextOf(written), "written")) == AnyBudget.Known(written))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void TextOf_GivenABudget_WritesAllThatHolds() => Assert.Equal(
        """{"id":"a","scope":"all","period":"month","timeZone":"UTC","limitUsd":500,"dailyCapUsd":"derived","hard":true,"allowUnpriced":[],"thresholds":[{"percent":80,"action":"notice"},{"percent":90,"action":"warn"},{"percent":95,"action":"throttle"},{"percent":100,"action":"block"}],"throttling":{"share":0.5,"cheaper":{},"cacheTtlFactor":1},"outputTokens":4096,"hold":"worst-case","overdraftUsd":0,"countUnconfirmed":false}""",
        BudgetFile.TextOf(BudgetFile.ParseOne(With("dailyCapUsd", "\"derived\""), "body")));

    private static string With(string name, string value, params (string Name, string Value)[] others)
    {
        var properties = new OrderedDictionary<string, string> { ["id"] = "\"a\"", ["scope"] = "\"all\"", ["period"] = "\"month\"", ["limitUsd"] = "500", [name] = value };
        foreach (var other in others) properties[other.Name] = other.Value;
        return $"{{{string.Join(',', properties.Select(p => $"\"{p.Key}\":{p.Value}"))}}}";
    }

    private static string Written(IEnumerable<BudgetDefinition> budgets)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) BudgetFile.Write(json, budgets);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void AssertFaults(string json, params string[] faults) =>
        Assert.Equal(faults, Assert.Throws<InputException>(() => BudgetFile.ParseOne(json, "body")).Faults.Select(f => f.ToString()));
}
