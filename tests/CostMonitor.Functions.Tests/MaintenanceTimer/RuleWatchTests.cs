using System.Text;
using System.Text.Json;
using Azure;
using CostMonitor.Core.Alerts;
using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Functions.MaintenanceTimer;
using CostMonitor.Functions.Setup;
using CostMonitor.Functions.Tests.Running;
using CostMonitor.Storage.Records;
using CostMonitor.Storage.Tables;
using CostMonitor.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using NCrontab;

namespace CostMonitor.Functions.Tests.MaintenanceTimer;

public sealed class RuleWatchTests(AppFixture app) : IClassFixture<AppFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 10, 30, 0, TimeSpan.Zero);
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly AlertRule Undelivered = BuiltIn("undelivered-alerts");

    private readonly SteppedTime _time = new(Start);
    private readonly RecordingOutbox _outbox = new();
    private int _undelivered;

    private RuleStateTable States => new(app.Account);

    /// <summary>What an earlier test left must not be seen by the next: a rule of it would be one that was taken out.</summary>
    public async Task InitializeAsync()
    {
        await new BreakerTable(app.Account).CreateIfNotExistsAsync(None);
        await app.GetAsync("/api/health"); // composes the app, which makes the other tables
        foreach (var table in new[] { "Rules", "Runs", "Breakers", "Batches" }.Select(app.Account.Table))
        {
            await foreach (var row in table.QueryAsync(null, null, None)) await table.DeleteAsync(row.PartitionKey, row.RowKey, ETag.All, None);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task MaintenanceTimer_GivenRunsThatBreachP95_AlertsOnceAndRecoversOnce()
    {
        using var composition = new Composition(name => app.Settings.GetValueOrDefault(name), _time, NullLoggerFactory.Instance) { Outbox = _outbox };
        var maintenance = new MaintenanceTimerFunction(composition, NullLogger<MaintenanceTimerFunction>.Instance);
        await RecordAsync("slow", 25, latencyMs: 4000);

        await FireAsync(maintenance);
        var (kind, alert) = Assert.Single(_outbox.Kept);
        var shown = await StateAsync("p95-latency");
        _time.Advance(Minute);
        await FireAsync(maintenance);
        var nextMinute = _outbox.Kept.Count;
        _time.Advance(TimeSpan.FromMinutes(70)); // the slow runs have left the window
        await FireAsync(maintenance);
        var unknown = _outbox.Kept.Count;
        await RecordAsync("fast", 25, latencyMs: 200);
        await FireAsync(maintenance);
        var notDue = _outbox.Kept.Count;
        _time.Advance(Minute);
        await FireAsync(maintenance);
        _time.Advance(Minute);
        await FireAsync(maintenance);

        Assert.Equal(("raised", new AlertKey("rule:p95-latency", "20261121T103000Z", "p95-latency")), (kind, alert.Key));
        Assert.Equal("p95-latency: p95 latency (Hyndman-Fan 7) 4 s, above 3 s", alert.Title);
        Assert.Equal(("firing", 4, 25, true), (shown.GetProperty("state").GetString(), shown.GetProperty("value").GetDecimal(), shown.GetProperty("n").GetInt32(), shown.GetProperty("told").GetBoolean()));
        Assert.Equal((1, 1, 1), (nextMinute, unknown, notDue));
        Assert.Equal([("raised", alert.Key), ("recovered", alert.Key)], Told());
        Assert.Equal("p95-latency is over: p95 latency (Hyndman-Fan 7) 0.2 s", _outbox.Kept[1].Alert.Title);
        Assert.Equal("ok", (await StateAsync("p95-latency")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task EvaluateAsync_GivenTwoWatchersAtOnce_TellsEachChangeOnce()
    {
        const int Rounds = 12;
        for (var round = 0; round < Rounds; round++)
        {
            _undelivered = round % 2 == 0 ? 1 : 0;
            var other = new SteppedTime(_time.GetUtcNow().AddSeconds(1)); // a second host: its episode would have another name
            await Task.WhenAll(new[] { _time, other, _time, other }.Select(time => Task.Run(() => Watch([Undelivered], time).EvaluateAsync(None))));
            _time.Advance(Minute);
        }

        Assert.Equal(Enumerable.Range(0, Rounds).Select(i => i % 2 == 0 ? "raised" : "recovered"), _outbox.Kept.Select(k => k.Kind));
        Assert.Equal(Rounds / 2, Told().Select(t => t.Key).Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EvaluateAsync_GivenAnOutboxThatDies_TellsInTheNextMinuteUnderTheSameKey(bool before)
    {
        (_undelivered, _outbox.DiesBefore, _outbox.DiesAfter) = (1, before, !before);
        await Watch([Undelivered]).EvaluateAsync(None);
        var left = await StateAsync("undelivered-alerts");
        (_outbox.DiesBefore, _outbox.DiesAfter) = (false, false);
        _time.Advance(Minute);
        _undelivered = 0; // over before it was told: told all the same, and then its end
        await Watch([Undelivered]).EvaluateAsync(None);
        _time.Advance(Minute);
        await Watch([Undelivered]).EvaluateAsync(None);

        Assert.Equal(("firing", false), (left.GetProperty("state").GetString(), left.GetProperty("told").GetBoolean()));
        var key = new AlertKey("rule:undelivered-alerts", "20261121T103000Z", "undelivered-alerts");
        Assert.Equal([("raised", key), ("recovered", key)], Told());
    }

    [Fact]
    public async Task EvaluateAsync_GivenAFactThatCannotBeFound_EvaluatesTheOtherRules()
    {
        var forecast = BuiltIn("forecast-to-exceed");
        var look = Look(_time, undelivered: _ => throw new InvalidOperationException("No table."), forecast: _ => Task.FromResult(2));

        await new RuleWatch([Undelivered, forecast], States, _outbox, Runs(_time), Batches(_time), look, _time, NullLogger<RuleWatch>.Instance).EvaluateAsync(None);

        Assert.Equal("forecast-to-exceed: budgets that are forecast to be exceeded 2, above 0", Assert.Single(_outbox.Kept).Alert.Title);
        Assert.Equal(["forecast-to-exceed"], (await States.ReadAsync(None)).Evaluated.Keys); // the other one is tried again in the next minute
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EvaluateAsync_GivenAFiringRuleThatIsTakenOut_EndsItsAlert(bool isSwitchedOff)
    {
        _undelivered = 1;
        await Watch([Undelivered]).EvaluateAsync(None);
        AlertRule[] left = isSwitchedOff ? [Undelivered with { IsEnabled = false }] : [];

        await Watch(left).EvaluateAsync(None);
        await Watch(left).EvaluateAsync(None);

        Assert.Equal(["raised", "recovered"], _outbox.Kept.Select(k => k.Kind));
        Assert.Equal("undelivered-alerts is over: the rule is not in force any more", _outbox.Kept[1].Alert.Title);
    }

    [Fact]
    public async Task EvaluateAsync_GivenALongWindow_EvaluatesItSixtyTimesAWindow()
    {
        var evaluated = new List<DateTimeOffset>();
        for (var minute = 0; minute <= 48; minute++)
        {
            await Watch([BuiltIn("daily-cost")]).EvaluateAsync(None);
            evaluated.Add((await States.ReadAsync(None)).Evaluated["daily-cost"]);
            _time.Advance(Minute);
        }

        Assert.Equal([Start, Start.AddMinutes(24), Start.AddMinutes(48)], evaluated.Distinct());
    }

    [Fact]
    public async Task EvaluateAsync_GivenARulePerModel_AlertsForTheModelAlone()
    {
        var (slow, fast) = (ModelKey.Parse("sim:rules/slow"), ModelKey.Parse("sim:rules/fast"));
        await RecordAsync("per-slow", 20, 5000, slow);
        await RecordAsync("per-fast", 20, 100, fast);

        await Watch([BuiltIn("p95-latency") with { Per = RuleGrouping.Model }]).EvaluateAsync(None);

        var kept = (await States.ReadAsync(None)).States.Select(s => s.State).Where(s => s.Scope.StartsWith("sim:rules/", StringComparison.Ordinal));
        Assert.Equal([("sim:rules/fast", false, 0.1m), ("sim:rules/slow", true, 5m)], kept.Select(s => (s.Scope, s.IsFiring, s.Value ?? 0)).Order());
        Assert.Contains(_outbox.Kept, k => k.Alert.Key.Scope == "rule:p95-latency:sim:rules~2Fslow");
        Assert.DoesNotContain(_outbox.Kept, k => k.Alert.Key.Scope == "rule:p95-latency:sim:rules~2Ffast");
    }

    [Fact]
    public async Task AddAsync_GivenSlotsOfTheCanary_NamesThoseThatWereNotRun()
    {
        var plan = RunPlanFile.Parse("""{"name":"missing","seed":1,"models":["sim:small-latest"],"prompts":["Name a town."]}""", "plan", _ => [], _ => true);
        foreach (var hour in new[] { -30, -3, -1 })
        {
            var slot = Start.AddMinutes(-30).AddHours(hour);
            await app.Account.Table("Batches").InsertAsync(new TableEntity(BatchId.ForSlot("missing", slot).ToString(), "!batch") { ["Submitted"] = slot }, None);
        }

        var late = Look(_time, plan: () => plan with { Name = "missing" });
        var never = Look(_time, plan: () => plan with { Name = "never-run" });
        var afterFour = Look(new SteppedTime(Start.AddMinutes(34)), plan: () => plan);
        var afterFive = Look(new SteppedTime(Start.AddMinutes(36)), plan: () => plan);

        // Hourly slots from 11:00 of the day before to 10:00, without those of 07:00 and 09:00; the first known one is older than a day.
        var missed = await MissedAsync(late);
        Assert.Equal(22, missed.Count);
        Assert.DoesNotContain(missed, s => s.Hour is 7 or 9);
        Assert.Equal((Start.AddMinutes(-30), Start.AddMinutes(-30).AddHours(-23)), (missed.Max(), missed.Min()));
        Assert.Empty(await MissedAsync(never));
        Assert.Equal((10, 11), ((await MissedAsync(afterFour)).Max().Hour, (await MissedAsync(afterFive)).Max().Hour)); // the slot of 11:00, at 11:04 and 11:06
    }

    [Fact]
    public async Task AddAsync_GivenBreakers_CountsTheOpenOnesOfConfiguredDeployments()
    {
        var table = new BreakerTable(app.Account);
        foreach (var (model, state) in new[] { ("sim:small-latest", BreakerState.HalfOpen), ("sim:large-latest", BreakerState.Closed), ("sim:taken-out", BreakerState.Open) })
        {
            await table.SaveAsync(ModelKey.Parse(model), new BreakerStatus { State = state, Since = Start }, None);
        }

        var facts = await Look(_time).AddAsync(OperationalFacts.Unknown, RuleMetric.OpenBreakers, None);

        Assert.Equal([ModelKey.Parse("sim:small-latest")], facts.OpenBreakers);
    }

    [Fact]
    public async Task App_GivenAFaultyRulesFile_NamesItsFaults()
    {
        var file = Path.Combine(Path.GetDirectoryName(app.Settings["ModelsFile"]) ?? "", "rules.json");
        await File.WriteAllTextAsync(file, """{"rules":[{"name":"x","metric":"speed","window":"day","above":1}]}""");
        await using var faulty = await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["AlertRulesFile"] = file });
        await using var missing = await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["AlertRulesFile"] = "no-rules.json" });

        Assert.StartsWith("rules.json $.rules[0].metric: Expected one of cost, ", await ProblemAsync(faulty), StringComparison.Ordinal);
        Assert.Contains("no-rules.json", await ProblemAsync(missing), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AlertRules_GivenTheSampleFile_AreShownWithTheirSettings()
    {
        await using var process = await AppProcess.StartAsync(new Dictionary<string, string>(app.Settings) { ["AlertRulesFile"] = "samples/alert-rules.json" });

        using var answer = await process.Http.GetAsync(new Uri("/api/alerts/rules", UriKind.Relative));
        var rules = (await AppFixture.ReadAsync(answer, System.Net.HttpStatusCode.OK)).GetProperty("rules");

        var latency = rules.EnumerateArray().Single(r => r.GetProperty("name").GetString() == "p95-latency");
        Assert.True(JsonElement.DeepEquals(
            JsonElement.Parse("""
                {"name":"p95-latency","metric":"latency-p95","unit":"seconds","per":"model","window":"01:00:00","comparison":"above","threshold":5,"recoversAt":4.5,"leastN":20,
                 "hysteresis":0.1,"for":3,"everySeconds":60,"severity":"warning","enabled":true,"evaluated":null,"scopes":[]}
                """),
            latency));
        Assert.Equal(14, rules.GetArrayLength());
    }

    private static AlertRule BuiltIn(string name) => AlertRules.BuiltIn.Single(r => r.Name == name);

    private static async Task<IReadOnlyList<DateTimeOffset>> MissedAsync(OperationsLook look) =>
        (await look.AddAsync(OperationalFacts.Unknown, RuleMetric.MissedCanarySlots, None)).MissedCanarySlots ?? throw new InvalidOperationException("Unknown.");

    private static async Task<string> ProblemAsync(AppProcess process)
    {
        using var answer = await process.Http.GetAsync(new Uri("/api/health", UriKind.Relative));
        var health = await AppFixture.ReadAsync(answer, System.Net.HttpStatusCode.ServiceUnavailable);
        return Assert.Single(health.GetProperty("problems").EnumerateArray()).GetString() ?? "";
    }

    private RunTable Runs(TimeProvider time) => new(app.Account, time);

    private BatchTable Batches(TimeProvider time) => new(app.Account, Runs(time), time);

    private RuleWatch Watch(IReadOnlyList<AlertRule> rules, TimeProvider? time = null) => new(
        rules, States, _outbox, Runs(time ?? _time), Batches(time ?? _time), Look(time ?? _time, undelivered: _ => Task.FromResult(_undelivered)), time ?? _time, NullLogger<RuleWatch>.Instance);

    private OperationsLook Look(
        TimeProvider time, Func<CancellationToken, Task<int>>? undelivered = null, Func<CancellationToken, Task<int>>? forecast = null, Func<RunPlan>? plan = null) => new(
        Batches(time), new BreakerTable(app.Account), CrontabSchedule.Parse("0 0 * * * *", new CrontabSchedule.ParseOptions { IncludingSeconds = true }),
        plan ?? (() => throw new InvalidOperationException("No plan.")), model => model.Model != "taken-out", time)
        {
            UndeliveredAlerts = undelivered, BudgetsForecastToExceed = forecast,
        };

    private IReadOnlyList<(string Kind, AlertKey Key)> Told() => [.. _outbox.Kept.Select(k => (k.Kind, k.Alert.Key))];

    /// <summary>The one scope of a rule, as the app's API shows it.</summary>
    private async Task<JsonElement> StateAsync(string rule)
    {
        var answer = await app.GetAsync("/api/alerts/rules");
        return Assert.Single(answer.GetProperty("rules").EnumerateArray().Single(r => r.GetProperty("name").GetString() == rule).GetProperty("scopes").EnumerateArray());
    }

    private static async Task FireAsync(MaintenanceTimerFunction maintenance)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(Payloads.Timer("2026-11-21T10:30:00Z")));
        await maintenance.RunAsync(context.Request, None);
    }

    /// <summary>Records runs of the last minutes, one a second, as a worker does.</summary>
    private async Task RecordAsync(string batch, int runs, int latencyMs, ModelKey? of = null)
    {
        var (model, now) = (of ?? ModelKey.Parse("sim:rules"), _time.GetUtcNow());
        var (table, batches) = (Runs(TimeProvider.System), Batches(_time)); // a writer of runs waits by its clock for more of them
        var prompts = string.Join(',', Enumerable.Range(1, runs).Select(i => $"\"Say {i}.\""));
        var plan = RunPlanFile.Parse($$"""{"name":"{{batch}}","seed":1,"models":["{{model}}"],"prompts":[{{prompts}}]}""", "plan", _ => [], _ => true);
        var id = new BatchId(batch);
        await batches.AddAsync(new PromptBatch { Id = id, Kind = BatchKind.Prompts, Submitted = now, Plan = plan }, None);
        var claimed = Assert.IsType<ClaimResult.Granted>(await batches.Claims.ClaimAsync(id, 0, "worker", Minute, None));
        var writer = await table.OpenAsync(claimed.Claim, None);
        await Task.WhenAll(writer.Missing.Select(request => writer.AddAsync(
            new RunRecord
            {
                Id = request.Id, Attempt = Guid.NewGuid(), Plan = batch, Model = model, PromptId = request.Prompt.Id, Category = "qa",
                Started = now.AddSeconds(-1 - request.Id.Ordinal),
                Timings = new CallTimings { EndToEnd = TimeSpan.FromMilliseconds(latencyMs) },
                Usage = new MeasuredUsage(new TokenUsage { Input = 10, Output = 20 }, IsEstimated: false),
                Cost = CallCost.Known(new Usd(0.001m), "sim-1"),
                Checks = [new CheckResult("not_empty", true, Gates: true, null)],
            },
            None)));
    }
}
