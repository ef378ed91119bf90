using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;
using CostMonitor.Testing.ScriptedServer;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>What the log, the spans and the metrics say of calls over a real connection, and of ends that only other links bring about.</summary>
public sealed class RecordedChatClientTests : IAsyncLifetime
{
    private const string Prompt = "Describe the mating habits of the zebrafish.", Token = "Danio-rerio ";

    private static readonly ModelKey Azure = new("azure-openai", "recorded-azure"), Fake = new("mistral", "recorded-fake");

    private readonly CapturedLog _log = new();
    private CapturedTelemetry _telemetry = null!, _fakes = null!;
    private ScriptedModelServer _server = null!;
    private ModelClients _clients = null!;

    public static TheoryData<string, Script, string, string, string, int?> Failures => new()
    {
        { "429", Json(429, """{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"""), "provider", "rate_limit_exceeded", "azure-openai:recorded-azure answered 429: slow down", 429 },
        { "key quoted", Json(401, $$$"""{"error":{"message":"Incorrect key: {{{Given.Key}}}","code":"invalid_api_key"}}"""), "provider", "invalid_api_key", "azure-openai:recorded-azure answered 401: Incorrect key: ***", 401 },
        { "prompt quoted", Json(400, $$$"""{"error":{"message":"Blocked: {{{Prompt}}}","code":"{{{Prompt}}}"}}"""), "provider", "_OTHER", "azure-openai:recorded-azure answered 400: Blocked: [prompt]", 400 },
        { "cut", new Script { Fault = Fault.Cut, FaultAfter = 2, Token = Token }, "stream", "broke_off", "azure-openai:recorded-azure: the connection broke off.", 200 },
        { "answer that is no stream", new Script { Body = Token, ContentType = "text/plain" }, "parse", "content_type", "", 200 },
        { "filtered", new Script { FinishReason = "content_filter", Token = Token }, "provider", "content_filter", "A content filter ended the answer.", 200 },
    };

    public async Task InitializeAsync()
    {
        (_telemetry, _fakes) = (new CapturedTelemetry(Azure.Model), new CapturedTelemetry(Fake.Model));
        _server = await ScriptedModelServer.StartAsync();
        _clients = Clients(_log);
    }

    public async Task DisposeAsync()
    {
        _clients.Dispose();
        _telemetry.Dispose();
        _fakes.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAnAnswer_LogsOneLineWithAllThatIsKnown()
    {
        _server.Enqueue(new Script { Token = Token });

        await _clients.CompleteAsync(Request(), CancellationToken.None);

        var line = _log.Line;
        Assert.Equal((LogLevel.Information, 701), (line.Level, line.Event.Id));
        Assert.Matches(
            @"^call=run-1 model=azure-openai:recorded-azure outcome=ok attempts=1 deployment=azure-openai:recorded-azure httpStatus=200 requestId=1 latencyMs=[0-9.]+ "
            + @"firstTokenMs=[0-9.]+ inputTokens=9 outputTokens=3 elapsedMs=[0-9.]+ lane=App traceId=[0-9a-f]{32}$",
            line.Text);
        Assert.Equal([9L, 3L], new[] { line["inputTokens"], line["outputTokens"] });
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task GetStreamingResponseAsync_GivenAFailure_LogsWhereAndWhyInOneLine(string name, Script script, string failedAt, string errorType, string message, int? status)
    {
        _server.Enqueue(script);

        await _clients.CompleteAsync(Request(), CancellationToken.None);

        var line = _log.Line;
        Assert.True((LogLevel.Warning, 702) == (line.Level, line.Event.Id), name);
        Assert.Equal(
            ("failed", failedAt, errorType, message, status), (line["outcome"], line["failedAt"], line["errorType"], line["message"] ?? "", line["httpStatus"]));
        Assert.Matches($"^1 azure-openai:recorded-azure {status} ({errorType}|no failure) [0-9]+ ms$", (string?)line["tries"]);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task GetStreamingResponseAsync_GivenAnyEnd_TellsNothingOfPromptAnswerAndKey(string name, Script script, string failedAt, string errorType, string message, int? status)
    {
        _ = (failedAt, errorType, message, status);
        _server.Enqueue(script, new Script { Token = Token });

        await _clients.CompleteAsync(Request(), CancellationToken.None);
        await _clients.CompleteAsync(Request(), CancellationToken.None);

        string[] told =
        [
            .. _log.Lines.Select(static l => l.Text),
            .. _log.Lines.SelectMany(static l => l.Values.Values.Select(Text)),
            .. _telemetry.Spans.SelectMany(static s => s.TagObjects.Select(static t => Text(t.Value)).Append(s.StatusDescription ?? "").Append(s.DisplayName)),
            .. _telemetry.Spans.SelectMany(static s => s.Events.SelectMany(static e => e.Tags.Select(static t => Text(t.Value)))),
            .. _telemetry.All.SelectMany(static m => m.Tags.Values.Select(Text)),
        ];
        Assert.True(told.Length > 50, name);
        foreach (var secret in new[] { Given.Key, "zebrafish", "mating", Token.Trim() })
        {
            Assert.DoesNotContain(told, text => text.Contains(secret, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenARetry_ListsItsTries()
    {
        _server.Enqueue(Json(429, """{"error":{"message":"slow down","code":"rate_limit_exceeded"}}""") with { Headers = new Dictionary<string, string> { ["retry-after-ms"] = "3" } }, Script.Default);

        await _clients.CompleteAsync(Request() with { Retries = 1 }, CancellationToken.None);

        var line = _log.Line;
        Assert.Equal((701, 2), (line.Event.Id, line["attempts"]));
        Assert.Matches("^1 azure-openai:recorded-azure 429 rate_limit_exceeded [0-9]+ ms; 2 azure-openai:recorded-azure 200 no failure [0-9]+ ms$", (string?)line["tries"]);
        Assert.True((double)line["retryWaitMs"]! >= 3, $"Waited {line["retryWaitMs"]} ms."); // what was asked for, and how late a timer is
        var wait = Assert.Single(_telemetry.Of("costmonitor.call.wait"));
        Assert.Equal("retry", wait.Tags["costmonitor.wait.kind"]);
        Assert.True(wait.Value >= 0.003, $"Waited {wait.Value} s.");
        Assert.Equal(2, Assert.Single(_telemetry.Of("costmonitor.call.attempts")).Value);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenARetry_HasASpanForEachAttemptBelowTheCalls()
    {
        _server.Enqueue(Json(503, """{"error":{"message":"busy","code":"overloaded"}}""") with { Headers = new Dictionary<string, string> { ["retry-after-ms"] = "1" } }, Script.Default);

        await _clients.CompleteAsync(Request() with { Retries = 1 }, CancellationToken.None);

        var spans = _telemetry.Spans;
        var call = spans[^1];
        Assert.Equal(("call azure-openai:recorded-azure", ActivityKind.Internal, ActivityStatusCode.Unset), (call.DisplayName, call.Kind, call.Status));
        Assert.Equal(("run-1", "ok", 2), (call.GetTagItem("costmonitor.call.id"), call.GetTagItem("costmonitor.outcome"), call.GetTagItem("costmonitor.attempts")));
        Assert.All(spans.Take(2), s => Assert.Equal(("chat recorded-azure", ActivityKind.Client, call.SpanId), (s.DisplayName, s.Kind, s.ParentSpanId)));
        Assert.Equal((ActivityStatusCode.Error, "overloaded", 503, "provider"), (
            spans[0].Status, spans[0].GetTagItem("error.type"), spans[0].GetTagItem("http.response.status_code"), spans[0].GetTagItem("costmonitor.failed_at")));
        var expected = new Dictionary<string, object?>
        {
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.provider.name"] = "azure.ai.openai",
            ["gen_ai.request.model"] = "recorded-azure",
            ["server.address"] = "127.0.0.1",
            ["server.port"] = _server.Address.Port,
            ["costmonitor.deployment"] = "azure-openai:recorded-azure",
            ["costmonitor.lane"] = "App",
            ["gen_ai.response.model"] = "scripted-1",
            ["gen_ai.response.id"] = "chatcmpl-1",
            ["gen_ai.response.finish_reasons"] = new[] { "stop" },
            ["gen_ai.usage.input_tokens"] = 9L,
            ["gen_ai.usage.output_tokens"] = 3L,
            ["costmonitor.provider.request_id"] = "2",
            ["http.response.status_code"] = 200,
        };
        Assert.Equal(expected, spans[1].TagObjects.ToDictionary());
        Assert.Equal(3, spans.Count);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAnAnswer_RecordsTheMetricsOfTheConventions()
    {
        await _clients.CompleteAsync(Request() with { Lane = CallLane.Canary }, CancellationToken.None);

        var duration = Assert.Single(_telemetry.Of("gen_ai.client.operation.duration"));
        var first = Assert.Single(_telemetry.Of("gen_ai.server.time_to_first_token"));
        Assert.Equal(("s", "s"), (duration.Instrument.Unit, first.Instrument.Unit));
        Assert.InRange(first.Value, 0, duration.Value);
        Assert.Equal(
            ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model", "server.address", "server.port"], duration.Tags.Keys.Order(StringComparer.Ordinal));
        var tokens = _telemetry.Of("gen_ai.client.token.usage");
        Assert.Equal(("{token}", "{token}"), (tokens[0].Instrument.Unit, tokens[1].Instrument.Unit));
        Assert.Equal([("input", 9d), ("output", 3d)], tokens.Select(static t => ((string?)t.Tags["gen_ai.token.type"], t.Value)));
        var call = Assert.Single(_telemetry.Of("costmonitor.call.duration"));
        Assert.Equal(("s", "Canary", "ok"), (call.Instrument.Unit, call.Tags["costmonitor.lane"], call.Tags["costmonitor.outcome"]));
        Assert.Equal(["costmonitor.lane", "costmonitor.outcome", "gen_ai.provider.name", "gen_ai.request.model"], call.Tags.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(_telemetry.Of("costmonitor.call.wait"));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAFailure_RecordsItsErrorTypeAndNoFirstToken()
    {
        _server.Enqueue(new Script { Fault = Fault.Cut, FaultAfter = 2, Usage = null });

        await _clients.CompleteAsync(Request(), CancellationToken.None);

        Assert.Equal("broke_off", Assert.Single(_telemetry.Of("gen_ai.client.operation.duration")).Tags["error.type"]);
        var call = Assert.Single(_telemetry.Of("costmonitor.call.duration")).Tags;
        Assert.Equal(("failed", "broke_off"), (call["costmonitor.outcome"], call["error.type"]));
        Assert.Empty(_telemetry.Of("gen_ai.server.time_to_first_token"));
        Assert.Empty(_telemetry.Of("gen_ai.client.token.usage")); // estimated, not reported
        Assert.Equal(true, _log.Line["tokensEstimated"]);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenACallerWhoLeaves_LogsTheCallOnceAsAbandoned()
    {
        _server.Enqueue(new Script { Tokens = 100, Gap = TimeSpan.FromMilliseconds(5) });

        await foreach (var update in Chat().GetStreamingResponseAsync(Messages(), Asked()))
        {
            if (update.Text.Length > 0) break;
        }

        var line = _log.Line;
        Assert.Equal((LogLevel.Information, 704, "abandoned"), (line.Level, line.Event.Id, line["outcome"]));
        Assert.Equal("azure-openai:recorded-azure", line["lastDeployment"]);
        Assert.Equal("cancelled", Assert.Single(_telemetry.Of("gen_ai.client.operation.duration")).Tags["error.type"]);
        Assert.Equal("abandoned", Assert.Single(_telemetry.Of("costmonitor.call.duration")).Tags["costmonitor.outcome"]);
        Assert.All(_telemetry.Spans, static s => Assert.True(s.IsStopped));
        Assert.Equal(2, _telemetry.Spans.Count);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenACancelledCall_LogsItOnceAsAbandoned()
    {
        using var stop = new CancellationTokenSource();
        _server.Respond = _ => new Script { Fault = Fault.Hang, FaultAfter = 1 };
        var updates = Chat().GetStreamingResponseAsync(Messages(), Asked(), stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in updates)
            {
                if (update.Text.Length > 0) await stop.CancelAsync();
            }
        });

        Assert.Equal((704, "abandoned"), (_log.Line.Event.Id, _log.Line["outcome"]));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAContractThatTheAnswerBreaks_CallsItInvalidWithTheChecks()
    {
        var contract = OutputContract.Create(new ContractText("json", null, null, null, 5, null), static (_, _) => { });

        await _clients.CompleteAsync(Request() with { Contract = contract }, CancellationToken.None); // the answer is "tok tok tok "

        var line = _log.Line;
        Assert.Equal((LogLevel.Warning, 702, "invalid"), (line.Level, line.Event.Id, line["outcome"]));
        Assert.Equal(("validate", "invalid_output", "length_chars,json"), (line["failedAt"], line["errorType"], line["failedChecks"]));
        Assert.Equal("azure-openai:recorded-azure", line["deployment"]);
        Assert.Equal(("invalid", "invalid_output"), (_telemetry.Spans[^1].GetTagItem("costmonitor.outcome"), _telemetry.Spans[^1].GetTagItem("error.type")));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAContractThatTheAnswerKeeps_IsOk()
    {
        await _clients.CompleteAsync(Request() with { Contract = OutputContract.AnyText }, CancellationToken.None);

        Assert.Equal((701, "ok"), (_log.Line.Event.Id, _log.Line["outcome"]));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenARefusal_LogsItAsRefusedAtAdmission()
    {
        var client = Recorded(_ => Thrown(new CallRefusedException(RefusalReason.BreakerOpen, "The breaker is open.")));

        await Assert.ThrowsAsync<CallRefusedException>(() => client.GetResponseAsync(Messages(), Asked()));

        var line = _log.Line;
        Assert.Equal((LogLevel.Warning, 703), (line.Level, line.Event.Id));
        Assert.Matches("""^call=run-1 model=mistral:recorded-fake outcome=refused failedAt=admission errorType=breaker_open attempts=0 elapsedMs=[0-9.]+ lane=App message="The breaker is open." traceId=[0-9a-f]+$""", line.Text);
        Assert.Equal("mistral_ai", Assert.Single(_fakes.Of("costmonitor.call.duration")).Tags["gen_ai.provider.name"]);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAFaultOfTheChain_NamesItsTypeAlone()
    {
        var client = Recorded(_ => Thrown(new InvalidOperationException(Prompt)));

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync(Messages(), Asked()));

        Assert.Equal((702, "chain", "InvalidOperationException", null), (_log.Line.Event.Id, _log.Line["failedAt"], _log.Line["errorType"], _log.Line["message"]));
        Assert.DoesNotContain("zebrafish", _log.Line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenACachedAnswer_HasNoAttempt()
    {
        var client = Recorded(options =>
        {
            Assert.IsType<ModelCall>(ModelCall.Of(options)).Cache = new CacheHit(CacheSource.Shared, TimeSpan.FromSeconds(2), new TokenUsage { Input = 9, Output = 3 }) { IsStale = true };
            return AnyClient.Texts("kept");
        });

        await client.GetResponseAsync(Messages(), Asked());

        var line = _log.Line;
        Assert.Equal((701, "cached", 0, "Shared", 2000d, true), (line.Event.Id, line["outcome"], line["attempts"], line["cache"], line["cacheAgeMs"], line["cacheStale"]));
        var span = Assert.Single(_fakes.Spans);
        Assert.Equal(("call mistral:recorded-fake", "Shared"), (span.DisplayName, span.GetTagItem("costmonitor.cache.source")));
        Assert.Equal(0, Assert.Single(_fakes.Of("costmonitor.call.attempts")).Value);
        Assert.Empty(_fakes.Of("gen_ai.client.operation.duration"));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenARouteAndWaits_LogsThem()
    {
        var client = Recorded(options =>
        {
            var call = Assert.IsType<ModelCall>(ModelCall.Of(options));
            call.Route = new CallRoute(Azure, "cheapest = 1; local: \"down\"\nnow", 1);
            call.WaitedForLimit(TimeSpan.FromMilliseconds(40));
            return AnyClient.Texts("ok");
        });

        await client.GetResponseAsync(Messages(), Asked());

        Assert.Contains("limiterWaitMs=40 lane=App route=\"cheapest = 1; local: 'down' now\"", _log.Line.Text, StringComparison.Ordinal);
        var wait = Assert.Single(_fakes.Of("costmonitor.call.wait"));
        Assert.Equal((0.04, "limiter"), (wait.Value, wait.Tags["costmonitor.wait.kind"]));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenTags_ShowsAllButTheUserOnLineAndSpanAndNoneOnAMetric()
    {
        var tags = new CallTags { Team = "search", App = "shop", Feature = "ranking", User = "u-4711", Experiment = "x-1" };
        _server.Enqueue(new Script { Token = Token });

        await _clients.CompleteAsync(Request() with { Tags = tags }, CancellationToken.None);

        Assert.Contains(" lane=App team=search app=shop feature=ranking experiment=x-1 traceId=", _log.Line.Text, StringComparison.Ordinal);
        var call = _telemetry.Spans[^1];
        Assert.Equal(
            ["search", "shop", "ranking", "x-1"],
            new[] { "team", "app", "feature", "experiment" }.Select(n => call.GetTagItem($"costmonitor.{n}")));
        string[] everywhere = [_log.Line.Text, .. _telemetry.Spans.SelectMany(static s => s.TagObjects.Select(static t => Text(t.Value)))];
        Assert.DoesNotContain(everywhere, text => text.Contains("u-4711", StringComparison.Ordinal));
        Assert.NotEmpty(_telemetry.All);
        Assert.DoesNotContain(_telemetry.All, m => m.Tags.Values.Any(v => new[] { "search", "shop", "ranking", "u-4711", "x-1" }.Contains(Text(v))));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenACallWithoutAName_NamesItsLineByItsSpan()
    {
        await Recorded(_ => AnyClient.Texts("ok")).GetResponseAsync(Messages());

        Assert.Equal(Assert.Single(_fakes.Spans).SpanId.ToHexString(), _log.Line["call"]);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenTwoRecordingLinks_LogsOnce()
    {
        var inner = Recorded(_ => AnyClient.Texts("ok"));
        var outer = new RecordedChatClient(Azure, inner, TimeProvider.System, _log);

        await outer.GetResponseAsync(Messages(), Asked());

        Assert.Equal("azure-openai:recorded-azure", _log.Line["model"]);
    }

    [Fact]
    public async Task WarmAsync_GivenListeners_TellsNothing()
    {
        await _clients.WarmAsync([Azure], CancellationToken.None);

        Assert.Empty(_log.Lines);
        Assert.Empty(_telemetry.Spans);
        Assert.Empty(_telemetry.All);
    }

    [Fact]
    public void GetStreamingResponseAsync_GivenNobodyToSeeIt_IsTheInnerStream()
    {
        _telemetry.Dispose();
        _fakes.Dispose();
        var stream = AnyClient.Texts("ok");
        var client = new RecordedChatClient(Fake, new AnyClient(_ => stream), TimeProvider.System, new CapturedLog(LogLevel.Error));

        Assert.Same(stream, client.GetStreamingResponseAsync(Messages()));
    }

    private static string Text(object? value) => value is string[] texts ? string.Join(' ', texts) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static Script Json(int status, string body) => new() { Status = status, Body = body, ContentType = "application/json" };

    private static CompletionRequest Request() => new() { Id = "run-1", Model = Azure, Prompt = Prompt, Timeout = TimeSpan.FromSeconds(30) };

    private static ChatMessage[] Messages() => [new(ChatRole.User, Prompt)];

    private static ChatOptions Asked() => ModelCall.With(null, new CallSettings { Id = "run-1" });

    private static async IAsyncEnumerable<ChatResponseUpdate> Thrown(Exception e, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        if (e is not null) throw e;
        yield break;
    }

    private RecordedChatClient Recorded(Func<ChatOptions?, IAsyncEnumerable<ChatResponseUpdate>> answer) => new(Fake, new AnyClient(answer), TimeProvider.System, _log);

    private IChatClient Chat() => Assert.IsAssignableFrom<IChatClient>(_clients.FindChatClient(Azure));

    private ModelClients Clients(ILogger log)
    {
        var models = ModelConfiguration.Parse(
            """
            { "capabilities": { "chat": { "temperature": true, "usageInStream": true } },
              "models": [{ "model": "azure-openai:recorded-azure", "api": "azure-openai", "endpoint": "%SERVER%", "keySetting": "KEY", "capabilities": "chat" }] }
            """,
            "models.json",
            name => name switch { "SERVER" => _server.Address.ToString(), "KEY" => Given.Key, _ => null });
        return new ModelClients(models, null, TimeProvider.System, parts: new ChainParts { Logger = log });
    }
}
