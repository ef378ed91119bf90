using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;
using CostMonitor.Providers.Simulated;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

public sealed class BreakingTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly ModelCallException Refused = new(FailureStage.Connect, "connection_refused", "No connection.");

    private readonly VirtualClock _time = new(Start);
    private readonly List<BreakerChange> _changes = [];
    private readonly CircuitBreaker _breaker;

    public BreakingTests() => _breaker = new CircuitBreaker(Given.Chat, BreakerSettings.Default, _time, _changes.Add);

    [Fact]
    public async Task GetStreamingResponseAsync_GivenFiveFailures_RefusesWithoutAsking()
    {
        using var dead = new Scripted(static () => Broken(0, Refused));
        for (var i = 0; i < 5; i++) Assert.Same(Refused, await Assert.ThrowsAsync<ModelCallException>(() => AskAsync(dead)));
        _time.Wait(TimeSpan.FromSeconds(20), CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync(dead));

        Assert.Equal(5, dead.Asked);
        Assert.Equal((RefusalReason.BreakerOpen, "breaker_open", FailureStage.Admission, TimeSpan.FromSeconds(10)), (refusal.Reason, refusal.ErrorType, refusal.Stage, refusal.RetryAfter));
        Assert.Equal(
            "openai:gpt-4o-mini: its circuit breaker has been open since 2026-11-21 10:00:00Z (5 failures in a row, the last with 'connection_refused'); "
            + "the next call from 2026-11-21 10:00:30Z on is let through as a probe.",
            refusal.Message);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenStreamsThatBreakOffAfterTokens_CountsThemAsFailures()
    {
        using var cut = new Scripted(static () => Broken(2, new ModelCallException(FailureStage.Stream, "broke_off", "It broke off.")));

        for (var i = 0; i < 5; i++) await Assert.ThrowsAsync<ModelCallException>(() => AskAsync(cut));

        Assert.Equal((BreakerState.Open, "broke_off"), (_breaker.Status.State, _breaker.Status.LastFailure));
    }

    [Theory]
    [InlineData(FailureStage.Provider, "invalid_value", 400)]
    [InlineData(FailureStage.Contract, "unsupported_parameter", 400)]
    [InlineData(FailureStage.Provider, "unauthorized", 401)]
    [InlineData(FailureStage.Connect, "deadline", null)] // the call had no time left, whoever had taken it
    public async Task GetStreamingResponseAsync_GivenAFailureOfTheRequest_CountsNothing(FailureStage stage, string type, int? status)
    {
        var failure = new ModelCallException(stage, type, "Your fault.") { HttpStatus = status };
        using var picky = new Scripted(() => Broken(0, failure));

        for (var i = 0; i < 30; i++) await Assert.ThrowsAsync<ModelCallException>(() => AskAsync(picky));

        Assert.Equal((BreakerState.Closed, 0, 30), (_breaker.Status.State, _breaker.Status.FailuresInRow, picky.Asked));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenCallersWhoGiveUp_CountsNothing()
    {
        using var cancelled = new CancellationTokenSource();
        using var slow = new Scripted(() =>
        {
            cancelled.Cancel();
            return Broken(1, Refused); // what a stream throws that was cancelled
        });

        for (var i = 0; i < 5; i++) await Assert.ThrowsAsync<ModelCallException>(() => AskAsync(slow, cancelled.Token));

        Assert.Equal((BreakerState.Closed, 0), (_breaker.Status.State, _breaker.Status.FailuresInRow));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAProbe_ClosesAtTheEndOfItsStream()
    {
        using var client = await HalfOpenAsync();
        await using var probe = Updates(client);

        Assert.True(await probe.MoveNextAsync());
        var whileItRuns = await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync(client));
        while (await probe.MoveNextAsync())
        {
        }

        Assert.EndsWith("; a probe is under way.", whileItRuns.Message, StringComparison.Ordinal);
        Assert.Equal(BreakerState.Closed, _breaker.Status.State);
        Assert.Equal([BreakerState.Open, BreakerState.HalfOpen, BreakerState.Closed], _changes.Select(c => c.To));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAProbeThatIsAbandoned_FreesItsPlace()
    {
        using var client = await HalfOpenAsync();
        await using (var abandoned = Updates(client)) Assert.True(await abandoned.MoveNextAsync());

        var after = _breaker.Status.State;
        await AskAsync(client);

        Assert.Equal((BreakerState.HalfOpen, BreakerState.Closed), (after, _breaker.Status.State));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAProbeRefusedForItsOwnFault_FreesItsPlace()
    {
        using var client = await HalfOpenAsync();
        using var picky = new Scripted(static () => Broken(0, new ModelCallException(FailureStage.Contract, "unsupported_parameter", "No.") { HttpStatus = 400 }));

        await Assert.ThrowsAsync<ModelCallException>(() => AskAsync(picky));

        Assert.Equal((BreakerState.HalfOpen, true), (_breaker.Status.State, _breaker.IsAllowing));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAProbeLongerThanTheCallsLimit_LetsTheNextOneThrough()
    {
        using var client = await HalfOpenAsync();
        await using var forgotten = Updates(client);
        Assert.True(await forgotten.MoveNextAsync());

        _time.Wait(CallLimits.Default.Attempt, CancellationToken.None);
        await AskAsync(client);

        Assert.Equal(BreakerState.Closed, _breaker.Status.State);
    }

    [Fact]
    public async Task CompleteAsync_GivenADeadModel_IsRefusedAfterFiveAttemptsAndPaysNothing()
    {
        using var clients = Clients("""{ "model": "sim:dead", "api": "simulated", "simulated": { "fixedTokens": 3, "errorRate": 1 } }""");

        var first = await AskAsync(clients, retries: 4);
        var second = await AskAsync(clients, retries: 4);

        Assert.Equal(5, first.Path.Attempts.Count);
        Assert.Equal((FailureStage.Admission, "breaker_open", 0, null), (second.Stage, second.ErrorType, second.Path.Attempts.Count, second.Usage));
        Assert.Equal(BreakerState.Open, clients.Breakers()[new("sim", "dead")].State);
        Assert.True(Assert.Single(_changes).IsOpening);
    }

    [Fact]
    public async Task CompleteAsync_GivenABreakerThatOpensBetweenAttempts_AsksNoMore()
    {
        using var clients = Clients("""{ "model": "sim:dead", "api": "simulated", "simulated": { "fixedTokens": 3, "errorRate": 1 } }""");

        var failed = await AskAsync(clients, retries: 9);

        Assert.Equal(("breaker_open", 5), (failed.ErrorType, failed.Path.Attempts.Count));
    }

    [Fact]
    public async Task CompleteAsync_GivenAModelThatWasDownElsewhere_BeginsByLeavingItAlone()
    {
        var known = new BreakerStatus
        {
            State = BreakerState.Open, Since = Start.AddSeconds(-10), DownSince = Start.AddSeconds(-10), ProbesAt = Start.AddSeconds(20), FailuresInRow = 5, LastFailure = "timeout",
            Reason = "5 failures in a row, the last with 'timeout'",
        };
        using var clients = Clients("""{ "model": "sim:dead", "api": "simulated", "simulated": { "fixedTokens": 3 } }""", known);

        var early = await AskAsync(clients, retries: 0);
        _time.Wait(TimeSpan.FromSeconds(20), CancellationToken.None);
        var late = await clients.CompleteAsync(Given.Request(new("sim", "dead")), CancellationToken.None);

        Assert.Equal("breaker_open", early.ErrorType);
        Assert.IsType<RunOutcome.Succeeded>(late);
        Assert.Equal(BreakerState.Closed, clients.Breakers()[new("sim", "dead")].State);
    }

    [Fact]
    public async Task CompleteAsync_GivenABreakerThatIsSwitchedOff_AsksAgainAndAgain()
    {
        using var clients = Clients("""{ "model": "sim:dead", "api": "simulated", "calling": { "breaker": { "enabled": false } }, "simulated": { "fixedTokens": 3, "errorRate": 1 } }""");

        for (var i = 0; i < 30; i++) Assert.NotEqual("breaker_open", (await AskAsync(clients, retries: 0)).ErrorType);

        Assert.Empty(clients.Breakers());
    }

    private static async Task<RunOutcome.Failed> AskAsync(ModelClients clients, int retries) => Assert.IsType<RunOutcome.Failed>(
        await clients.CompleteAsync(Given.Request(new("sim", "dead"), TimeSpan.FromSeconds(100)) with { Retries = retries }, CancellationToken.None));

    private static async IAsyncEnumerable<ChatResponseUpdate> Broken(int tokens, Exception then)
    {
        await foreach (var update in Whole(tokens)) yield return update;
        throw then;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Whole(int tokens)
    {
        await Task.CompletedTask;
        for (var i = 0; i < tokens; i++) yield return new ChatResponseUpdate(ChatRole.Assistant, "word ");
    }

    private ModelClients Clients(string model, BreakerStatus? known = null) => new(
        ModelConfiguration.Parse($$"""{ "models": [ {{model}} ] }""", "models.json", static _ => null),
        null,
        _time,
        parts: new ChainParts
        {
            OnBreaker = _changes.Add,
            KnownBreakers = known is null ? new Dictionary<Core.Pricing.ModelKey, BreakerStatus>() : new Dictionary<Core.Pricing.ModelKey, BreakerStatus> { [new("sim", "dead")] = known },
        });

    /// <summary>A client whose breaker opened half a minute ago, and which answers again.</summary>
    private async Task<Scripted> HalfOpenAsync()
    {
        using var dead = new Scripted(static () => Broken(0, Refused));
        for (var i = 0; i < 5; i++) await Assert.ThrowsAsync<ModelCallException>(() => AskAsync(dead));
        _time.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
        return new Scripted(static () => Whole(3));
    }

    private async Task AskAsync(Scripted client, CancellationToken cancellationToken = default)
    {
        await using var updates = Updates(client, cancellationToken);
        while (await updates.MoveNextAsync())
        {
        }
    }

    private IAsyncEnumerator<ChatResponseUpdate> Updates(Scripted client, CancellationToken cancellationToken = default) =>
        new BreakingChatClient(client, _breaker, CallLimits.Default, _time)
            .GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "hi")], null, cancellationToken).GetAsyncEnumerator(CancellationToken.None);

    private sealed class Scripted(Func<IAsyncEnumerable<ChatResponseUpdate>> answer) : IChatClient
    {
        public int Asked { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Asked++;
            return answer();
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
