using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Calling;
using CostMonitor.Testing.ScriptedServer;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>Every way in which a server can fail: what the caller sees of it, what the path keeps, and whether it is tried again.</summary>
public sealed class ServerFaultTests : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Endless = TimeSpan.FromMinutes(10);

    private ScriptedModelServer _server = null!;
    private ModelClients _clients = null!;

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["never answers"] = new(new Script { Fault = Fault.Silence }, "- Connect timeout", 0, false, true),
        ["slow headers"] = new(new Script { HeaderDelay = TimeSpan.FromSeconds(3) }, "- Connect timeout", 0, false, true),
        ["slow body"] = new(Answers.BadGateway with { BodyDelay = Endless }, "502 Stream timeout", 0, true, true),
        ["slow body of 200"] = new(Answers.ErrorInside200 with { BodyDelay = Endless }, "200 Stream timeout", 0, true, true),
        ["drips before a token"] = new(new Script { Drip = TimeSpan.FromMilliseconds(50), SendsRole = false }, "200 Stream timeout", 0, true, true),
        ["stops before a token"] = new(new Script { Fault = Fault.Hang }, "200 Stream timeout", 0, true, true),
        ["stops in mid-stream"] = new(new Script { Fault = Fault.Hang, FaultAfter = 2 }, "200 Stream timeout", 2, true, false),
        ["cut in mid-stream"] = new(new Script { Fault = Fault.Cut, FaultAfter = 2 }, "200 Stream broke_off", 2, true, false),
        ["cut before a token"] = new(new Script { Fault = Fault.Cut }, "200 Stream broke_off", 0, true, true),
        ["ends early"] = new(new Script { Fault = Fault.EndEarly, FaultAfter = 1 }, "200 Stream broke_off", 1, true, false),
        ["half an event"] = new(new Script { Fault = Fault.HalfEvent, FaultAfter = 2 }, "200 Stream broke_off", 2, true, false),
        ["half an event at first"] = new(new Script { Fault = Fault.HalfEvent }, "200 Stream broke_off", 0, true, true),
        ["invalid JSON"] = new(new Script { Fault = Fault.InvalidJson, FaultAfter = 2 }, "200 Parse invalid_json", 2, true, false),
        ["invalid JSON at first"] = new(new Script { Fault = Fault.InvalidJson }, "200 Parse invalid_json", 0, false, false),
        ["truncated JSON"] = new(Answers.Error(200, """{"choices":[{"mess"""), "200 Parse invalid_json", 0, false, false),
        ["HTML page"] = new(new Script { ContentType = "text/html", Body = "<html>Sign in</html>" }, "200 Parse html", 0, false, false),
        ["HTML page of 502"] = new(Answers.BadGateway, "502 Provider http_502", 0, false, true),
        ["wrong content type"] = new(new Script { ContentType = "application/octet-stream", Body = "abc" }, "200 Parse content_type", 0, false, false),
        ["empty choices"] = new(new Script { Body = "data: {\"choices\":[]}\n\ndata: [DONE]\n\n" }, "200 Parse empty_choices", 0, false, false),
        ["500"] = new(Answers.ServerError, "500 Provider server_error", 0, false, true),
        ["429"] = new(Answers.RateLimited(), "429 Provider rate_limit_exceeded", 0, false, true),
        ["429 with a wait"] = new(Answers.RateLimited(TimeSpan.FromMilliseconds(2)), "429 Provider rate_limit_exceeded", 0, false, true),
        ["429 with too long a wait"] = new(Answers.RateLimitedForSeconds(31), "429 Provider rate_limit_exceeded", 0, false, false),
        ["429 without money"] = new(Answers.NoQuota, "429 Provider insufficient_quota", 0, false, false),
        ["error inside 200"] = new(Answers.ErrorInside200, "200 Provider overloaded", 0, false, true),
        ["error event at first"] = new(new Script { Fault = Fault.ErrorEvent }, "200 Provider overloaded", 0, false, true),
        ["error event"] = new(new Script { Fault = Fault.ErrorEvent, FaultAfter = 2 }, "200 Stream overloaded", 2, true, false),
        ["prompt filtered"] = new(Answers.PromptFiltered, "400 Provider content_filter", 0, true, false),
        ["401"] = new(Answers.Error(401, """{"error":{"message":"No.","code":"invalid_api_key"}}"""), "401 Provider invalid_api_key", 0, false, false),
        ["one line of 3 MB"] = new(new Script { Tokens = 1, Token = new string('x', 3_000_000) }, "200 Stream answer_too_long", 0, true, false),
    };

    public static TheoryData<string> Faults => [.. Cases.Keys];

    public async Task InitializeAsync()
    {
        _server = await ScriptedModelServer.StartAsync();
        _clients = Chains.Over(_server.Address);
    }

    public async Task DisposeAsync()
    {
        _clients.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task CompleteAsync_GivenAFaultAndNoRetries_FailsWithOneAttempt(string fault)
    {
        var (script, named, tokens, isCharged, _) = Cases[fault];
        _server.Enqueue(script);

        var failed = await _clients.FailAsync(Chains.Request(timeout: Wait(named)));

        var attempt = Assert.Single(failed.Path.Attempts);
        Assert.Equal(named, attempt.Named());
        Assert.Equal((failed.Stage, failed.ErrorType, failed.Message, failed.HttpStatus), (attempt.Failure?.Stage, attempt.Failure?.ErrorType, attempt.Failure?.Message, attempt.HttpStatus));
        Assert.Equal(string.Concat(Enumerable.Repeat("tok ", tokens)), failed.Text);
        Assert.Equal(isCharged ? new MeasuredUsage(new TokenUsage { Input = 8, Output = tokens }, IsEstimated: true) : null, failed.Usage);
        Assert.Equal(failed.Usage, attempt.Usage);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero, failed.Timings.EndToEnd), (attempt.Wait, failed.Path.RetryWait, attempt.Took));
        Assert.Equal(1, _server.Count);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task CompleteAsync_GivenAFaultAndARetry_AsksAgainOnlyWhereThatMayHelp(string fault)
    {
        var (script, named, tokens, isCharged, isRetried) = Cases[fault];
        _server.Enqueue(script);

        var outcome = await _clients.CompleteAsync(Chains.Request(retries: 1, Wait(named)), CancellationToken.None);

        var path = outcome.Path;
        Assert.Equal(isRetried ? [named, "200 ok"] : [named], path.Attempts.Select(static a => a.Named()));
        Assert.Equal((isRetried, isRetried ? 2 : 1), (outcome is RunOutcome.Succeeded, _server.Count));
        Assert.Equal(isCharged ? tokens : null, path.Attempts[0].Usage?.Tokens.Output);
        if (!isRetried) return;
        var (first, second) = (path.Attempts[0], path.Attempts[1]);
        Assert.Equal((TimeSpan.Zero, path.RetryWait, null), (first.Wait, second.Wait, second.Usage));
        Assert.True(second.At >= first.At + first.Took + second.Wait - TimeSpan.FromTicks(10), $"{second.At} after {first.At} + {first.Took} + {second.Wait}");
        Assert.Equal((second.Took, new TokenUsage { Input = 9, Output = 3 }), (outcome.Timings.EndToEnd, outcome.Usage?.Tokens));
    }

    [Fact]
    public async Task CompleteAsync_GivenAResetBeforeTheHead_IsTriedAgain()
    {
        _server.Enqueue(new Script { Fault = Fault.ResetBeforeHead });

        var outcome = await _clients.CompleteAsync(Chains.Request(retries: 1), CancellationToken.None);

        Assert.IsType<RunOutcome.Succeeded>(outcome);
        Assert.Contains(outcome.Path.Attempts[0].Named(), (string[])["- Connect connection_reset", "- Connect connection_closed"]);
        Assert.Equal(new ServerBooks(Accepted: 2, Answered: 1, Refused: 0, Cut: 1), await _server.CloseBooksAsync(CancellationToken.None));
    }

    [Fact]
    public async Task CompleteAsync_GivenAServerThatDiesAndComesBack_IsRefusedThenAnswered()
    {
        Assert.IsType<RunOutcome.Succeeded>(await _clients.CompleteAsync(Chains.Request(), CancellationToken.None));
        await _server.CloseAsync();

        var refused = await _clients.FailAsync(Chains.Request(retries: 2));
        await _server.ReopenAsync();
        var answered = await _clients.CompleteAsync(Chains.Request(), CancellationToken.None);

        Assert.Equal(["- Connect connection_refused", "- Connect connection_refused", "- Connect connection_refused"], refused.Path.Attempts.Select(static a => a.Named()));
        Assert.All(refused.Path.Attempts, static a => Assert.Null(a.Usage));
        Assert.IsType<RunOutcome.Succeeded>(answered);
        Assert.Equal(2, (await _server.CloseBooksAsync(CancellationToken.None)).Answered);
    }

    [Fact]
    public async Task CompleteAsync_GivenAServerWithoutTls_FailsAtItsHandshakeOnce()
    {
        using var clients = Chains.Over(new UriBuilder(_server.Address) { Scheme = "https" }.Uri);

        var failed = await clients.FailAsync(Chains.Request(retries: 2));

        Assert.Equal(["- Connect tls"], failed.Path.Attempts.Select(static a => a.Named()));
        Assert.Equal(0, _server.Count);
    }

    [Fact]
    public async Task CompleteAsync_GivenACertificateThatNobodyVouchesFor_FailsAtItsHandshakeOnce()
    {
        await using var server = await ScriptedModelServer.StartSelfSignedAsync();
        using var clients = Chains.Over(server.Address);

        var failed = await clients.FailAsync(Chains.Request(retries: 2));

        Assert.Equal("https", server.Address.Scheme);
        Assert.Equal(["- Connect tls"], failed.Path.Attempts.Select(static a => a.Named()));
        Assert.Equal(0, server.Count);
    }

    [Fact]
    public async Task CompleteAsync_GivenAStormOf500s_EndsWithTheLastOfItsAttempts()
    {
        _server.Respond = static _ => Answers.ServerError;

        var failed = await _clients.FailAsync(Chains.Request(retries: 3));

        Assert.Equal(Enumerable.Repeat("500 Provider server_error", 4), failed.Path.Attempts.Select(static a => a.Named()));
        Assert.Equal((500, "server_error"), (failed.HttpStatus, failed.ErrorType));
        Assert.Equal(failed.Path.Attempts.Aggregate(TimeSpan.Zero, static (sum, a) => sum + a.Wait), failed.Path.RetryWait);
        Assert.Equal(failed.Path.Attempts[^1].Took, failed.Timings.EndToEnd);
        Assert.Equal(new ServerBooks(Accepted: 4, Answered: 0, Refused: 4, Cut: 0), await _server.CloseBooksAsync(CancellationToken.None));
    }

    [Fact]
    public async Task CompleteAsync_GivenAnAnswerThatTheFilterEnds_FailsButKeepsWhatIsBilled()
    {
        _server.Enqueue(Answers.AnswerFiltered);

        var failed = await _clients.FailAsync(Chains.Request(retries: 2));

        Assert.Equal((FailureStage.Provider, "content_filter", "tok tok tok "), (failed.Stage, failed.ErrorType, failed.Text));
        Assert.Equal(new MeasuredUsage(new TokenUsage { Input = 9, Output = 3 }, IsEstimated: false), failed.Usage);
        Assert.Equal(["200 ok"], failed.Path.Attempts.Select(static a => a.Named())); // the provider did answer
    }

    [Theory]
    [InlineData("""{"prompt_tokens":-9,"completion_tokens":3,"total_tokens":-6}""", "a figure is negative or no whole number")]
    [InlineData("""{"prompt_tokens":1000000000000,"completion_tokens":3,"total_tokens":1000000000003}""", "a figure of 1000000000003 tokens is absurd")]
    [InlineData("""{"prompt_tokens":"nine","completion_tokens":3,"total_tokens":12}""", "a figure is negative or no whole number")]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":1e400,"total_tokens":12}""", "a figure is negative or no whole number")]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":2.5,"total_tokens":12}""", "a figure is negative or no whole number")]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":0,"total_tokens":9}""", "no output is reported for an answer that had tokens")]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":3,"total_tokens":999}""", "the total of 999 is not 9 input and 3 output tokens")]
    [InlineData("""{"prompt_tokens":[9],"completion_tokens":{},"total_tokens":true}""", "a figure is negative or no whole number")]
    public async Task CompleteAsync_GivenUsageThatCannotBe_EstimatesAndSaysWhy(string usage, string doubt)
    {
        _server.Enqueue(new Script { Usage = usage });

        var outcome = await _clients.CompleteAsync(Chains.Request(), CancellationToken.None);

        Assert.IsType<RunOutcome.Succeeded>(outcome);
        Assert.Equal(new MeasuredUsage(new TokenUsage { Input = 8, Output = 3 }, IsEstimated: true, doubt), outcome.Usage);
    }

    private static TimeSpan? Wait(string named) => named.EndsWith(" timeout", StringComparison.Ordinal) ? Short : null;

    /// <param name="Script">What the server does.</param>
    /// <param name="Named">The failed attempt as the path keeps it.</param>
    /// <param name="Tokens">The tokens that came.</param>
    /// <param name="IsCharged">Whether the provider charges for the attempt.</param>
    /// <param name="IsRetried">Whether it is made again.</param>
    private sealed record Case(Script Script, string Named, int Tokens, bool IsCharged, bool IsRetried);
}
