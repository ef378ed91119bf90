using System.Net;
using System.Net.Sockets;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Testing.ScriptedServer;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Calling;

/// <summary>Every way in which a call fails on a real connection, and what the outcome says of it.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private ScriptedModelServer _server = null!;
    private ModelClients _clients = null!;

    public static TheoryData<string, Script, FailureStage, string, int> Refusals => new()
    {
        { "html", new Script { Body = "<html>Gateway</html>", ContentType = "text/html" }, FailureStage.Parse, "html", 200 },
        { "plain", new Script { Body = "hello", ContentType = "text/plain" }, FailureStage.Parse, "content_type", 200 },
        { "empty", new Script { Body = "" }, FailureStage.Parse, "empty_body", 200 },
        { "empty json", new Script { Body = "", ContentType = "application/json" }, FailureStage.Parse, "empty_body", 200 },
        { "bad json", new Script { Body = "{\"id\":", ContentType = "application/json" }, FailureStage.Parse, "invalid_json", 200 },
        { "whole", new Script { Body = """{"choices":[]}""", ContentType = "application/json" }, FailureStage.Parse, "not_streamed", 200 },
        { "html as stream", new Script { Body = "<html>Gateway</html>" }, FailureStage.Parse, "empty_body", 200 },
        { "no choices", new Script { Body = "data: {\"choices\":[]}\n\ndata: [DONE]\n\n" }, FailureStage.Parse, "empty_choices", 200 },
        { "error at 200", Json(200, """{"error":{"message":"busy","code":"overloaded"}}"""), FailureStage.Provider, "overloaded", 200 },
        { "500", Json(500, """{"error":{"message":"oops","type":"server_error","code":null}}"""), FailureStage.Provider, "server_error", 500 },
        { "502 html", new Script { Status = 502, Body = "<html>Bad Gateway</html>", ContentType = "text/html" }, FailureStage.Provider, "http_502", 502 },
        { "429", Json(429, """{"error":{"message":"slow down","code":"rate_limit_exceeded"}}"""), FailureStage.Provider, "rate_limit_exceeded", 429 },
        { "429 bare", Json(429, ""), FailureStage.Provider, "rate_limit", 429 },
        { "redirect", new Script { Status = 302, Body = "", Headers = new Dictionary<string, string> { ["Location"] = "http://127.0.0.1/" } }, FailureStage.Parse, "redirect", 302 },
    };

    public static TheoryData<Fault, int, FailureStage, string, int> StreamFaults => new()
    {
        { Fault.Cut, 2, FailureStage.Stream, "broke_off", 2 },
        { Fault.EndEarly, 2, FailureStage.Stream, "broke_off", 2 },
        { Fault.EndEarly, 0, FailureStage.Stream, "broke_off", 0 },
        { Fault.InvalidJson, 2, FailureStage.Parse, "invalid_json", 2 },
        { Fault.ErrorEvent, 2, FailureStage.Stream, "overloaded", 2 },
        { Fault.ErrorEvent, 0, FailureStage.Provider, "overloaded", 0 },
        { Fault.Hang, 2, FailureStage.Stream, "timeout", 2 },
        { Fault.Hang, 0, FailureStage.Stream, "timeout", 0 },
    };

    public async Task InitializeAsync()
    {
        _server = await ScriptedModelServer.StartAsync();
        _clients = Given.Clients(_server.Address);
    }

    public async Task DisposeAsync()
    {
        _clients.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task CompleteAsync_GivenAnAnswerThatIsNoStream_SaysWhereItFailed(string name, Script script, FailureStage stage, string type, int status)
    {
        _server.Enqueue(script);

        var failed = await Fail(Given.Request(Given.Chat));

        Assert.Equal((name, stage, type, (int?)status), (name, failed.Stage, failed.ErrorType, failed.HttpStatus));
        Assert.Null(failed.Usage);
        Assert.Equal(1, _server.Count); // no hidden retry
    }

    [Theory]
    [MemberData(nameof(StreamFaults))]
    public async Task CompleteAsync_GivenAStreamThatGoesWrong_KeepsWhatCame(Fault fault, int after, FailureStage stage, string type, int tokens)
    {
        _server.Enqueue(new Script { Tokens = 5, Fault = fault, FaultAfter = after, Token = "word " });

        var failed = await Fail(Given.Request(Given.Chat, fault == Fault.Hang ? Short : null));

        Assert.Equal((stage, type), (failed.Stage, failed.ErrorType));
        Assert.Equal(string.Concat(Enumerable.Repeat("word ", tokens)), failed.Text);
        if (stage != FailureStage.Provider) Assert.Equal(new MeasuredUsage(new TokenUsage { Input = 24, Output = tokens }, IsEstimated: true), failed.Usage);
    }

    [Fact]
    public async Task CompleteAsync_GivenAnAnthropicErrorEvent_ReadsItsType()
    {
        _server.Enqueue(new Script { Tokens = 3, Fault = Fault.ErrorEvent, FaultAfter = 1 });

        var failed = await Fail(Given.Request(Given.Claude));

        Assert.Equal((FailureStage.Stream, "overloaded_error", "tok "), (failed.Stage, failed.ErrorType, failed.Text));
    }

    [Fact]
    public async Task CompleteAsync_GivenAnAnthropicStreamCut_ChargesTheInputThatWasReported()
    {
        _server.Enqueue(new Script { Tokens = 3, Fault = Fault.EndEarly, FaultAfter = 2 });

        var failed = await Fail(Given.Request(Given.Claude));

        Assert.Equal(FailureStage.Stream, failed.Stage);
        Assert.NotNull(failed.Usage);
    }

    [Fact]
    public async Task CompleteAsync_GivenNoAnswerInTime_TimesOutAtConnect()
    {
        _server.Enqueue(new Script { HeaderDelay = TimeSpan.FromSeconds(20) });

        var failed = await Fail(Given.Request(Given.Chat, Short));

        Assert.Equal((FailureStage.Connect, "timeout"), (failed.Stage, failed.ErrorType));
        Assert.InRange(failed.Timings.EndToEnd, Short, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task CompleteAsync_GivenAResetBeforeTheHead_FailsAtConnect()
    {
        _server.Enqueue(new Script { Fault = Fault.ResetBeforeHead });

        var failed = await Fail(Given.Request(Given.Chat));

        Assert.Equal(FailureStage.Connect, failed.Stage);
        Assert.Contains(failed.ErrorType, (string[])["connection_reset", "connection_closed"]);
    }

    [Fact]
    public async Task CompleteAsync_GivenAClosedPort_IsRefusedAtConnect()
    {
        var port = FreePort();
        using var clients = Given.Clients(new Uri($"http://127.0.0.1:{port}/"));

        var failed = Assert.IsType<RunOutcome.Failed>(await clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None));

        Assert.Equal((FailureStage.Connect, "connection_refused", null), (failed.Stage, failed.ErrorType, failed.HttpStatus));
    }

    [Theory]
    [InlineData("169.254.169.254")] // Azure's, and others', instance metadata: it hands out the identity's tokens
    [InlineData("[::ffff:169.254.169.254]")]
    [InlineData("[fe80::1]")]
    [InlineData("168.63.129.16")]
    public async Task CompleteAsync_GivenAnAddressOfThePlatform_DoesNotConnect(string host)
    {
        using var clients = Given.Clients(new Uri($"http://{host}/"));

        var failed = Assert.IsType<RunOutcome.Failed>(await clients.CompleteAsync(Given.Request(Given.Compatible), CancellationToken.None));

        Assert.Equal((FailureStage.Connect, "refused_address"), (failed.Stage, failed.ErrorType));
    }

    [Fact]
    public async Task CompleteAsync_GivenAServerWithoutTls_FailsAtConnect()
    {
        using var clients = Given.Clients(new UriBuilder(_server.Address) { Scheme = "https" }.Uri);

        var failed = Assert.IsType<RunOutcome.Failed>(await clients.CompleteAsync(Given.Request(Given.Chat), CancellationToken.None));

        Assert.Equal((FailureStage.Connect, "tls"), (failed.Stage, failed.ErrorType));
    }

    [Fact]
    public async Task CompleteAsync_GivenTheCallersCancellation_Throws()
    {
        _server.Enqueue(new Script { Fault = Fault.Hang, FaultAfter = 1 });
        using var cancel = new CancellationTokenSource(Short);

        var call = _clients.CompleteAsync(Given.Request(Given.Chat), cancel.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task CompleteAsync_GivenAClientThatIgnoresItsToken_StillEnds()
    {
        using var deaf = new ForeignClient([new TextContent("a")], () => Task.Delay(Timeout.Infinite));

        var outcome = await new MeteredCompletionClient(new Deployment(Given.Chat), deaf, TimeProvider.System).CompleteAsync(Given.Request(Given.Chat, Short), CancellationToken.None);

        Assert.Equal("timeout", Assert.IsType<RunOutcome.Failed>(outcome).ErrorType);
    }

    [Fact]
    public async Task CompleteAsync_GivenAForeignException_FailsWithoutItsWords()
    {
        using var foreign = new ForeignClient([], () => throw new InvalidOperationException("secret " + Given.Prompt));

        var outcome = await new MeteredCompletionClient(new Deployment(Given.Chat), foreign, TimeProvider.System).CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);

        var failed = Assert.IsType<RunOutcome.Failed>(outcome);
        Assert.Equal((FailureStage.Provider, "InvalidOperationException", "openai:gpt-4o-mini: the client failed with InvalidOperationException."), (failed.Stage, failed.ErrorType, failed.Message));
    }

    [Theory]
    [InlineData("openai:gpt-4o-mini", "max_tokens", "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "set capabilities.openai-chat.maxTokensParameter to max_completion_tokens in models.json")]
    [InlineData("openai:gpt-5", null, "unrecognized", "Unrecognized request argument supplied: max_completion_tokens", "set capabilities.openai-reasoning.maxTokensParameter to max_tokens in models.json")]
    [InlineData("openai:gpt-4o-mini", "temperature", "unsupported_value", "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.", "set capabilities.openai-chat.temperature to false in models.json")]
    [InlineData("openai:gpt-4o-mini", "stream_options", "unknown_parameter", "Unknown parameter: 'stream_options'.", "set capabilities.openai-chat.usageInStream to false in models.json")]
    [InlineData("openai:gpt-4o-mini", "service_tier", "unknown_parameter", "Unknown parameter: 'service_tier'.", "set capabilities.openai-chat.serviceTier to false in models.json")]
    [InlineData("openai:gpt-4o-mini", "response_format", "invalid", "'response_format' of type 'json_object' is not supported with this model.", "set capabilities.openai-chat.jsonMode to false in models.json")]
    [InlineData("openai:gpt-5", "messages[0].role", "unsupported_value", "Unsupported value: 'messages[0].role' does not support 'developer' with this model.", "set capabilities.openai-reasoning.systemRole to system in models.json")]
    [InlineData("anthropic:claude-sonnet", null, "invalid_request_error", "`temperature` and `top_p` cannot both be specified for this model.", "set capabilities.anthropic.temperature to false in models.json")]
    public async Task CompleteAsync_GivenARefusedParameter_NamesTheCapabilityToChange(string model, string? parameter, string code, string message, string advice)
    {
        var error = new System.Text.Json.Nodes.JsonObject { ["message"] = message, ["code"] = code, ["param"] = parameter };
        _server.Enqueue(Json(400, new System.Text.Json.Nodes.JsonObject { ["error"] = error }.ToJsonString()));

        var failed = await Fail(Given.FullRequest(ModelKey.Parse(model)));

        Assert.Equal((FailureStage.Contract, 400), (failed.Stage, failed.HttpStatus));
        Assert.EndsWith(advice + ".", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteAsync_GivenALimitThatIsTooHigh_BlamesThePlanAndNotTheCapability()
    {
        _server.Enqueue(Json(400, """{"error":{"message":"max_tokens is too large: 99999. This model supports at most 16384 completion tokens.","param":"max_tokens","code":"invalid_value"}}"""));

        var failed = await Fail(Given.FullRequest(Given.Chat));

        Assert.Equal((FailureStage.Provider, "invalid_value"), (failed.Stage, failed.ErrorType));
    }

    [Fact]
    public async Task CompleteAsync_GivenAPromptThatTheFilterRefuses_EstimatesThePromptThatIsCharged()
    {
        _server.Enqueue(Json(400, """{"error":{"code":"content_filter","message":"The response was filtered.","param":"prompt"}}"""));

        var failed = await Fail(Given.Request(Given.Azure));

        Assert.Equal((FailureStage.Provider, "content_filter", "content_filter"), (failed.Stage, failed.ErrorType, failed.FinishReason));
        Assert.Equal(new MeasuredUsage(new TokenUsage { Input = 24 }, IsEstimated: true), failed.Usage);
    }

    [Fact]
    public async Task CompleteAsync_GivenAnAnswerThatTheFilterEnds_FailsWithItsUsageAndText()
    {
        _server.Enqueue(new Script { FinishReason = "content_filter" });

        var failed = await Fail(Given.Request(Given.Azure));

        Assert.Equal((FailureStage.Provider, "content_filter", "content_filter", "tok tok tok "), (failed.Stage, failed.ErrorType, failed.FinishReason, failed.Text));
        Assert.Equal(new MeasuredUsage(new TokenUsage { Input = 9, Output = 3 }, IsEstimated: false), failed.Usage);
    }

    [Theory]
    [InlineData("""{"error":{"message":"Incorrect API key provided: KEY. Your prompt was: PROMPT","code":"invalid_api_key"}}""", "application/json")]
    [InlineData("""{"detail":[{"loc":["body","messages"],"msg":"bad value KEY","input":"PROMPT"}]}""", "application/json")]
    [InlineData("<html>no entry for KEY who asked PROMPT</html>", "text/html")]
    public async Task CompleteAsync_GivenAProviderThatQuotesSecrets_HidesThem(string body, string type)
    {
        var quoted = body.Replace("KEY", Given.Key, StringComparison.Ordinal).Replace("PROMPT", Given.Prompt, StringComparison.Ordinal);
        _server.Enqueue(new Script { Status = 401, ContentType = type, Body = quoted });

        var failed = await Fail(Given.Request(Given.Chat));

        Assert.DoesNotContain(Given.Key, failed.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Given.Prompt, failed.ToString(), StringComparison.Ordinal);
        Assert.Contains("***", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteAsync_GivenAQuotationThatTheMessageCuts_HidesItAsWell()
    {
        var prompt = string.Join("\n", Enumerable.Range(0, 60).Select(static i => $"private line {i}"));
        _server.Enqueue(new Script { Status = 500, ContentType = "text/plain", Body = "cannot answer: " + prompt });

        var failed = await Fail(Given.Request(Given.Chat) with { Prompt = prompt });

        Assert.Equal("openai:gpt-4o-mini answered 500: cannot answer: [prompt]...", failed.Message);
    }

    [Fact]
    public async Task CompleteAsync_GivenALongErrorPage_QuotesItsBeginningOnly()
    {
        _server.Enqueue(new Script { Status = 503, ContentType = "text/html", Body = new string('x', 10_000) });

        var failed = await Fail(Given.Request(Given.Chat));

        Assert.Equal("openai:gpt-4o-mini answered 503: " + new string('x', 200) + "...", failed.Message);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenRetryHints_PrefersMilliseconds()
    {
        var headers = new Dictionary<string, string> { ["retry-after-ms"] = "1234", ["Retry-After"] = "2" };
        _server.Enqueue(Json(429, "{}") with { Headers = headers }, Json(429, "{}") with { Headers = new Dictionary<string, string> { ["Retry-After"] = "2" } });
        var (client, once) = (_clients.FindChatClient(Given.Chat)!, ModelCall.With(null, new CallSettings { Retries = 0 }));

        var first = await Assert.ThrowsAsync<ModelCallException>(() => client.GetResponseAsync("hi", once));
        var second = await Assert.ThrowsAsync<ModelCallException>(() => client.GetResponseAsync("hi", once));

        Assert.Equal((TimeSpan.FromMilliseconds(1234), TimeSpan.FromSeconds(2)), (first.RetryAfter, second.RetryAfter));
    }

    [Theory]
    [InlineData("openai:unheard-of", "unknown_model", "openai:unheard-of is not in models.json.")]
    [InlineData("azure-openai:gpt-4.1", "not_configured", "azure-openai:gpt-4.1 is not configured: No Entra credential is set up.")]
    public async Task CompleteAsync_GivenAModelThatCannotBeCalled_FailsAtAdmission(string model, string type, string message)
    {
        var failed = await Fail(Given.Request(ModelKey.Parse(model)));

        Assert.Equal((FailureStage.Admission, type, message), (failed.Stage, failed.ErrorType, failed.Message));
    }

    private static Script Json(int status, string body) => new() { Status = status, ContentType = "application/json", Body = body };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<RunOutcome.Failed> Fail(CompletionRequest request) =>
        Assert.IsType<RunOutcome.Failed>(await _clients.CompleteAsync(request, CancellationToken.None));
}
