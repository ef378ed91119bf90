using System.Collections.Concurrent;
using System.Net;
using CostMonitor.Core.Alerts;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Functions.Setup;
using CostMonitor.Functions.Tests.Running;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;
using Microsoft.Extensions.Logging;

namespace CostMonitor.Functions.Tests.Setup;

public sealed class BreakerWatchTests(AppFixture app) : IClassFixture<AppFixture>
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly ModelKey Model = new("sim", "watched");
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly Lines _log = new();

    [Fact]
    public async Task Changed_GivenAnOutage_AlertsOnceAndKeepsTheLastState()
    {
        var watch = NewWatch(app.Account);
        await watch.KnownAsync(None);
        await Alerts(app.Account).CreateIfNotExistsAsync(None);

        watch.Changed(Change(BreakerState.Closed, BreakerState.Open, 0));
        watch.Changed(Change(BreakerState.Open, BreakerState.HalfOpen, 30));
        watch.Changed(Change(BreakerState.HalfOpen, BreakerState.Open, 31));
        watch.Changed(Change(BreakerState.Open, BreakerState.HalfOpen, 61));
        watch.Changed(Change(BreakerState.HalfOpen, BreakerState.Closed, 62));
        await watch.SettleAsync();

        Assert.Equal(
            [
                "Error: The circuit breaker of sim:watched has opened: why 0. It is probed from 2026-11-21 12:00:30Z on.",
                "Warning: sim:watched is still down, since 2026-11-21 12:00:00Z: why 31. It is probed again from 2026-11-21 12:01:01Z on.",
                "Information: The circuit breaker of sim:watched has closed: why 62.",
            ],
            _log.Written);
        Assert.Equal((BreakerState.Closed, Noon.AddSeconds(62)), await StoredAsync());
        var kept = await Alerts(app.Account).FindAsync(new AlertKey("model:sim:watched", "20261121T120000Z", "breaker-opened"), None);
        Assert.Equal(
            (AlertSeverity.Error, "The circuit breaker of sim:watched has opened", Noon, "The circuit breaker of sim:watched has closed", Noon.AddSeconds(62)),
            (kept?.Alert.Severity, kept?.Alert.Title, kept?.Alert.At, kept?.Recovery?.Title, kept?.Recovery?.At));
    }

    [Fact]
    public async Task CatchUpAsync_GivenAnOutageWhoseAlertWasLost_RaisesItOnceAndRecoversIt()
    {
        var (breakers, alerts, lost) = (new BreakerTable(app.Account), Alerts(app.Account), new ModelKey("sim", "lost"));
        var down = new BreakerStatus { State = BreakerState.HalfOpen, Since = Noon.AddSeconds(90), DownSince = Noon, FailuresInRow = 7, LastFailure = "timeout", Reason = "7 failures in a row" };
        await Task.WhenAll(breakers.CreateIfNotExistsAsync(None), alerts.CreateIfNotExistsAsync(None));
        await breakers.SaveAsync(lost, down, None);

        await new BreakerAlerts(alerts, breakers).CatchUpAsync(m => m == lost, Noon.AddHours(1), None);
        await breakers.SaveAsync(lost, down with { DownSince = Noon.AddSeconds(5), Since = Noon.AddSeconds(95) }, None); // another process, which opened a little later
        await new BreakerAlerts(alerts, breakers).CatchUpAsync(m => m == lost, Noon.AddHours(1), None);
        var firing = await alerts.FiringAsync("model:sim:lost", "breaker-opened", None);
        await breakers.SaveAsync(lost, new BreakerStatus { State = BreakerState.Closed, Since = Noon.AddSeconds(120), Reason = "a probe succeeded" }, None);
        await new BreakerAlerts(alerts, breakers).CatchUpAsync(m => m == lost, Noon.AddHours(1), None);

        Assert.Equal("20261121T120000Z", Assert.Single(firing).Key.Period);
        Assert.Empty(await alerts.FiringAsync("model:sim:lost", "breaker-opened", None));
    }

    [Fact]
    public async Task CatchUpAsync_GivenADeploymentThatIsConfiguredNoMore_EndsItsOutage()
    {
        var (breakers, alerts, gone) = (new BreakerTable(app.Account), Alerts(app.Account), new ModelKey("sim", "gone"));
        await Task.WhenAll(breakers.CreateIfNotExistsAsync(None), alerts.CreateIfNotExistsAsync(None));
        await breakers.SaveAsync(gone, new BreakerStatus { State = BreakerState.Open, Since = Noon, DownSince = Noon, Reason = "5 failures in a row" }, None);

        await new BreakerAlerts(alerts, breakers).CatchUpAsync(static _ => false, Noon.AddMinutes(14), None); // a newer version of the app may know it
        var firing = await alerts.FiringAsync("model:sim:gone", "breaker-opened", None);
        await new BreakerAlerts(alerts, breakers).CatchUpAsync(static _ => false, Noon.AddMinutes(15), None);
        await new BreakerAlerts(alerts, breakers).CatchUpAsync(static _ => false, Noon.AddMinutes(16), None);

        var kept = await alerts.FindAsync(Assert.Single(firing).Key, None);
        Assert.Equal(
            ("The circuit breaker of sim:gone is gone", "The deployment is configured no more, or its breaker is switched off. Nothing is asked of it.", Noon.AddMinutes(15)),
            (kept?.Recovery?.Title, kept?.Recovery?.Text, kept?.Recovery?.At));
        Assert.Equal(BreakerState.Closed, (await breakers.ReadAsync(None))[gone].State);
    }

    [Fact]
    public async Task KnownAsync_GivenNoStorage_KnowsNothingAndSaysSo()
    {
        var watch = NewWatch(Unreachable);

        var known = await watch.KnownAsync(None);

        Assert.Empty(known);
        Assert.StartsWith("Warning: What other processes know of the deployments' health could not be read", Assert.Single(_log.Written), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changed_GivenNoStorage_SaysSoAndGoesOn()
    {
        var watch = NewWatch(Unreachable);

        watch.Changed(Change(BreakerState.Open, BreakerState.HalfOpen, 30));
        await watch.SettleAsync();

        Assert.StartsWith("Warning: That the circuit breaker of sim:watched is now HalfOpen could not be kept", Assert.Single(_log.Written), StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_GivenADeploymentThatIsDown_IsDegradedAndAFreshOneLeavesItAloneToo()
    {
        var models = Path.Combine(Path.GetDirectoryName(app.Settings["ModelsFile"]) ?? "", "dead.json");
        await File.WriteAllTextAsync(models, """
            { "calling": { "breaker": { "openSeconds": 3600 } },
              "models": [
                { "model": "sim:small-latest", "api": "simulated", "simulated": { "ttftMs": { "median": 2 }, "errorRate": 1 } },
                { "model": "sim:large-latest", "api": "simulated", "simulated": { "ttftMs": { "median": 2 } } } ] }
            """);
        var settings = new Dictionary<string, string>(app.Settings) { ["ModelsFile"] = models };
        await app.PostAsync("/api/batches", AppFixture.BatchOf("down", 10));
        await using (var first = await AppProcess.StartAsync(settings))
        {
            using var ran = await first.Http.PostAsync(new Uri("/BatchQueue", UriKind.Relative), new StringContent(Payloads.Queue("""{"batch":"down","chunk":0}""")));
            Assert.Equal(HttpStatusCode.OK, ran.StatusCode); // and so the state is kept: the process may end
            await AssertDegradedAsync(first);
        }

        await using var fresh = await AppProcess.StartAsync(settings);
        await AssertDegradedAsync(fresh);
        Assert.Equal("ok", (await app.GetAsync("/api/health")).GetProperty("status").GetString()); // it began before, and has called nothing that is down
    }

    private static StorageAccount Unreachable => StorageAccount.FromConnectionString(
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=AAAA;TableEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a");

    private static async Task AssertDegradedAsync(AppProcess process)
    {
        using var answer = await process.Http.GetAsync(new Uri("/api/health", UriKind.Relative));
        var health = await AppFixture.ReadAsync(answer, HttpStatusCode.OK);
        var breaker = Assert.Single(health.GetProperty("breakers").EnumerateArray());

        Assert.Equal("degraded", health.GetProperty("status").GetString());
        Assert.Empty(health.GetProperty("problems").EnumerateArray());
        Assert.Equal(("sim:small-latest", "open", 5), (breaker.GetProperty("model").GetString(), breaker.GetProperty("state").GetString(), breaker.GetProperty("failuresInRow").GetInt32()));
        Assert.StartsWith("5 failures in a row, the last with '", breaker.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(breaker.GetProperty("since").GetDateTimeOffset(), breaker.GetProperty("downSince").GetDateTimeOffset());
        Assert.InRange(breaker.GetProperty("probesAt").GetDateTimeOffset() - breaker.GetProperty("since").GetDateTimeOffset(), TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
    }

    private BreakerWatch NewWatch(StorageAccount account)
    {
        var breakers = new BreakerTable(account);
        return new BreakerWatch(breakers, new BreakerAlerts(Alerts(account), breakers), TimeProvider.System, _log);
    }

    private static AlertTable Alerts(StorageAccount account) => new(account, static (_, _, _) => Task.CompletedTask, TimeProvider.System);

    private static BreakerChange Change(BreakerState from, BreakerState to, int seconds) => new(Model, from, new BreakerStatus
    {
        State = to,
        Since = Noon.AddSeconds(seconds),
        DownSince = to == BreakerState.Closed ? null : Noon,
        ProbesAt = to == BreakerState.Open ? Noon.AddSeconds(seconds + 30) : null,
        Reason = $"why {seconds}",
    });

    private async Task<(BreakerState, DateTimeOffset)> StoredAsync()
    {
        var status = (await new BreakerTable(app.Account).ReadAsync(None))[Model];
        return (status.State, status.Since);
    }

    private sealed class Lines : ILogger<BreakerWatch>
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IEnumerable<string> Written => _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
    }
}
