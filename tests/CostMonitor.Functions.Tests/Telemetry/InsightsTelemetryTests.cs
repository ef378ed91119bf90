using System.Diagnostics;
using System.Globalization;
using System.Net;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.Telemetry;

/// <summary>The app as a process without Application Insights, with one that is ill, and with faulty settings.</summary>
public sealed class InsightsTelemetryTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Connection = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    private static int _slot;

    [Fact]
    public async Task Trigger_GivenNoConnectionString_LoadsNothingOfApplicationInsights()
    {
        await using var app = await StartAsync();

        await RunCanaryAsync(app);

        var loaded = await app.LoadedFilesAsync();
        Assert.Contains("CostMonitor.Providers.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("ApplicationInsights", loaded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trigger_GivenAConnectionString_LoadsApplicationInsightsAlone()
    {
        await using var ingestion = await Ingestion.StartAsync();
        await using var app = await StartAsync((Connection, ingestion.ConnectionString));

        await RunCanaryAsync(app);

        var loaded = await app.LoadedFilesAsync();
        Assert.Contains("ApplicationInsights", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", loaded, StringComparison.Ordinal);
        Assert.NotEmpty(ingestion.Items);
    }

    [Fact]
    public async Task Trigger_GivenAServiceThatHangs_AnswersAfterTwoSeconds()
    {
        await using var ingestion = await Ingestion.StartAsync();
        await using var app = await StartAsync((Connection, ingestion.ConnectionString));
        await RunCanaryAsync(app);
        ingestion.Hangs = true;

        var first = await RunCanaryAsync(app);
        var second = await RunCanaryAsync(app);

        Assert.All([first, second], static took => Assert.InRange(took, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(20))); // a client's own limit would be 100 s
        Assert.Equal(2, await app.CountLinesAsync("[714]", 2));
    }

    [Fact]
    public async Task Trigger_GivenAServiceThatFails_AnswersAsEverAndSaysSoOnce()
    {
        await using var ingestion = await Ingestion.StartAsync();
        await using var app = await StartAsync((Connection, ingestion.ConnectionString));
        await RunCanaryAsync(app);
        ingestion.Status = 500;

        var took = await RunCanaryAsync(app);
        await RunCanaryAsync(app);
        ingestion.Status = 200;
        await RunCanaryAsync(app);

        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(0, await app.CountLinesAsync("[714]", 0)); // it was not waited for to the end
        Assert.Equal(1, await app.CountLinesAsync("[716] Application Insights takes telemetry again.", 1));
        Assert.Single(app.Lines, static l => l.Contains("[715] Application Insights does not take telemetry: it answered 500.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_OutsideOfAnInvocation_IsSentWithinAWhile()
    {
        await using var ingestion = await Ingestion.StartAsync();
        await using var app = await StartAsync((Connection, ingestion.ConnectionString));
        using var tested = await app.Http.PostAsync(new Uri("/api/budgets/selftest", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, tested.StatusCode);

        var watch = Stopwatch.StartNew();
        while (ingestion.Items.Count == 0 && watch.Elapsed < TimeSpan.FromSeconds(40)) await Task.Delay(100);

        Assert.NotEmpty(ingestion.Items);
        Assert.All(ingestion.Items, static i => Assert.DoesNotContain("InvocationId", i.Dimensions.Keys));
    }

    [Fact]
    public async Task Start_GivenAFaultySetting_SaysSoAndRunsOn()
    {
        await using var app = await StartAsync((Connection, "InstrumentationKey=s3cr3t"));

        await RunCanaryAsync(app);

        Assert.Equal(2, await app.CountLinesAsync("[713] Telemetry is not sent: setting APPLICATIONINSIGHTS_CONNECTION_STRING: Expected", 2));
        Assert.DoesNotContain("ApplicationInsights.dll", await app.LoadedFilesAsync(), StringComparison.Ordinal);
        using var answer = await app.Http.GetAsync(new Uri("/api/health", UriKind.Relative));
        var health = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Telemetry is not sent: setting APPLICATIONINSIGHTS_CONNECTION_STRING: Expected", health, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", health, StringComparison.Ordinal);
    }

    private static async Task<TimeSpan> RunCanaryAsync(AppProcess app)
    {
        // Each test runs a slot of its own: one that was run already is not run again.
        var due = new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero).AddHours(Interlocked.Increment(ref _slot));
        using var body = new StringContent(Payloads.Timer(due.ToString("O", CultureInfo.InvariantCulture)), System.Text.Encoding.UTF8, "application/json");
        var watch = Stopwatch.StartNew();
        using var answer = await app.Http.PostAsync(new Uri("/CanaryTimer", UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return watch.Elapsed;
    }

    private Task<AppProcess> StartAsync(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>(fixture.Settings);
        foreach (var (name, value) in more) settings[name] = value;
        return AppProcess.StartAsync(settings);
    }
}
