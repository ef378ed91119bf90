using System.Diagnostics;
using System.Globalization;
using System.Net;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.Telemetry;

/// <summary>The app as a process with a collector, without one, with one that hangs, and with faulty settings.</summary>
public sealed class TelemetryExportTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private static int _slot;

    [Fact]
    public async Task Trigger_GivenACollector_SendsSpansAndMetricsBeforeItAnswers()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await StartAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address.ToString()), ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=abc"), ("OTEL_SERVICE_NAME", "my-service"));

        await RunCanaryAsync(app);
        await RunCanaryAsync(app); // the span of an invocation ends after its flush

        var posts = collector.Posts;
        Assert.All(posts, static p => Assert.Equal(("application/x-protobuf", "abc"), (p.ContentType, p.Key)));
        Assert.All(posts, static p => Assert.True(p.Holds("my-service")));
        var spans = posts.Where(static p => p.Path == "/v1/traces").ToArray();
        var metrics = posts.Where(static p => p.Path == "/v1/metrics").ToArray();
        Assert.Equal(posts.Count, spans.Length + metrics.Length);
        foreach (var name in new[] { "call sim:small-latest", "chat small-latest", "gen_ai.operation.name", "gen_ai.usage.input_tokens", "costmonitor.outcome", "Microsoft.AspNetCore.Hosting.HttpRequestIn" })
        {
            Assert.Contains(spans, p => p.Holds(name));
        }

        foreach (var name in new[] { "gen_ai.client.operation.duration", "gen_ai.client.token.usage", "gen_ai.server.time_to_first_token", "costmonitor.call.duration", "costmonitor.call.attempts" })
        {
            Assert.Contains(metrics, p => p.Holds(name));
        }

        Assert.DoesNotContain(posts, static p => p.Holds("Name a colour") || p.Holds("Name a town"));
    }

    [Fact]
    public async Task Trigger_GivenNoCollector_LoadsNothingOfOpenTelemetry()
    {
        await using var app = await StartAsync();

        await RunCanaryAsync(app);

        var loaded = await app.LoadedFilesAsync();
        Assert.Contains("CostMonitor.Providers.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", loaded, StringComparison.Ordinal);
        Assert.Equal(AppFixture.CanaryRuns, await app.CountLinesAsync("CostMonitor.Calls[70", AppFixture.CanaryRuns));
    }

    [Fact]
    public async Task Trigger_GivenACollectorThatHangs_AnswersAfterTwoSeconds()
    {
        await using var collector = await Collector.StartAsync();
        collector.Hangs = true;
        await using var app = await StartAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address.ToString()), ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000"));
        var watch = Stopwatch.StartNew();

        await RunCanaryAsync(app);

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));
        Assert.Equal(1, await app.CountLinesAsync("[712]", 1));
    }

    [Fact]
    public async Task Start_GivenAFaultySetting_SaysSoAndRunsOn()
    {
        await using var app = await StartAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", "nowhere"));

        await RunCanaryAsync(app);

        Assert.Equal(1, await app.CountLinesAsync("[711] Telemetry is not exported: setting OTEL_EXPORTER_OTLP_ENDPOINT: Expected an address", 1));
        Assert.DoesNotContain("OpenTelemetry", await app.LoadedFilesAsync(), StringComparison.Ordinal);
    }

    private static async Task RunCanaryAsync(AppProcess app)
    {
        // Each test runs a slot of its own: one that was run already is not run again.
        var due = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).AddHours(Interlocked.Increment(ref _slot));
        using var body = new StringContent(Payloads.Timer(due.ToString("O", CultureInfo.InvariantCulture)), System.Text.Encoding.UTF8, "application/json");
        using var answer = await app.Http.PostAsync(new Uri("/CanaryTimer", UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Task<AppProcess> StartAsync(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>(fixture.Settings);
        foreach (var (name, value) in more) settings[name] = value;
        return AppProcess.StartAsync(settings);
    }
}
