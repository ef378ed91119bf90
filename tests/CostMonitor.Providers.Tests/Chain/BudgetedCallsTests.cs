using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;
using CostMonitor.Testing.ScriptedServer;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>A budget over the whole chain, from its first cent to its last, with a server that counts what it was asked.</summary>
public sealed class BudgetedCallsTests : IAsyncLifetime, IDisposable
{
    private static readonly ModelKey Large = ModelKey.Parse("openai:gpt-4o");
    private static readonly ModelKey Small = ModelKey.Parse("openai:gpt-4o-mini");

    // 9 prompt tokens at 2.50 and 3 completion tokens at 10 USD per million.
    private static readonly Usd CostOfLarge = new(0.0000525m);

    private readonly MovedTime _time = new();
    private readonly MemoryLedgerStore _store = new();
    private readonly List<LedgerCrossing> _crossings = [];
    private ScriptedModelServer _server = null!;
    private BudgetLedger? _ledger;
    private ModelClients? _clients;

    public async Task InitializeAsync() => _server = await ScriptedModelServer.StartAsync();

    public async Task DisposeAsync()
    {
        if (_ledger is not null) await _ledger.DisposeAsync();
        await _server.DisposeAsync();
    }

    public void Dispose() => _clients?.Dispose();

    [Fact]
    public async Task Ladder_GivenCallsUpToTheLimit_TellsThrottlesRefusesAndStillServesTheCache()
    {
        var budget = Hard(100 * CostOfLarge.Amount) with { Throttling = new Throttling { Share = 1, Cheaper = new Dictionary<ModelKey, ModelKey> { [Large] = Small }, MaxOutputTokens = 5 } };
        var client = Client(budget);
        await AskAsync(client, "kept", cached: true);
        for (var i = 1; i < 95; i++) await AskAsync(client, $"question {i}");
        await Ledger.FlushAsync(CancellationToken.None);
        var (at95, _) = await AskAsync(client, "throttled", settings: new CallSettings { Id = "throttled" });
        var (critical, _) = await AskAsync(client, "critical", settings: new CallSettings { Priority = CallPriority.Critical });
        CallRefusedException? refusal = null;
        for (var i = 0; refusal is null && i < 200; i++)
        {
            try
            {
                await AskAsync(client, $"more {i}", settings: new CallSettings { Priority = CallPriority.Critical });
            }
            catch (CallRefusedException e)
            {
                refusal = e;
            }
        }

        await Ledger.FlushAsync(CancellationToken.None);
        var (kept, _) = await AskAsync(client, "kept", cached: true);
        var asked = await _server.CloseBooksAsync(CancellationToken.None);

        Assert.Equal([80m, 90m, 95m, 100m], _crossings.Select(c => budget.Thresholds.Last(t => t.Percent <= c.State.Percent(budget)).Percent));
        Assert.Equal((Small, "budget team throttles: asked instead of openai:gpt-4o"), (at95.Route?.Target, at95.Route?.Reason));
        Assert.Null(critical.Route);
        Assert.Equal(RefusalReason.BudgetExhausted, refusal?.Reason);
        Assert.Equal(CacheSource.Memory, kept.Cache?.Source);
        var state = await StateAsync(budget);
        Assert.True(state.Settled <= budget.Limit, $"{state.Settled} of {budget.Limit}");
        Assert.InRange(state.Percent(budget), 95, 100);
        Assert.Equal(asked.Accepted, state.Calls); // the server's books: every call that it served was charged, and no other
        Assert.Equal(state.Settled, state.Direct);
    }

    [Fact]
    public async Task Throttle_GivenAShareOfAHalf_LetsEverySecondCallOfAnAppThrough()
    {
        var client = Client(Throttled(new Throttling { Share = 0.5 }));
        await UseUpAsync(client);

        var answers = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            try
            {
                await AskAsync(client, $"half {i}");
                answers.Add("answered");
            }
            catch (CallRefusedException e)
            {
                answers.Add($"{e.Reason} {e.RetryAfter}");
            }
        }

        Assert.Equal(["Throttled 00:00:01", "answered", "Throttled 00:00:01", "answered"], answers);
    }

    [Fact]
    public async Task Throttle_GivenABatchCall_HoldsItBackAsLongAsSuchCallsTake()
    {
        var client = Client(Throttled(new Throttling { Share = 0.5 }));
        for (var i = 0; i < 10; i++) _server.Enqueue(new Script { HeaderDelay = TimeSpan.FromMilliseconds(60), FirstTokenDelay = TimeSpan.FromMilliseconds(60) });
        await UseUpAsync(client);

        var (call, _) = await AskAsync(client, "batch", settings: new CallSettings { Lane = CallLane.Batch });

        Assert.InRange(call.LimiterWait.TotalMilliseconds, 40, 5000);
    }

    [Theory]
    [InlineData(CallPriority.Normal, 2, CacheSource.Memory)]
    [InlineData(CallPriority.Normal, 3, null)]
    [InlineData(CallPriority.Critical, 2, null)]
    public async Task Throttle_GivenACacheFactorOfThree_TakesAnswersAsFreshThatLongForAllButCriticalCalls(CallPriority priority, int hours, CacheSource? expected)
    {
        var client = Client(Throttled(new Throttling { Share = 1, CacheTtlFactor = 3 }));
        await AskAsync(client, "kept", cached: true, new CallSettings { Priority = CallPriority.Critical });
        await UseUpAsync(client);
        _time.Advance(TimeSpan.FromHours(hours));

        var (call, _) = await AskAsync(client, "kept", cached: true, new CallSettings { Priority = priority });

        Assert.Equal(expected, call.Cache?.Source);
    }

    [Fact]
    public async Task Admission_GivenNoOutputLimit_SetsTheBudgets()
    {
        var client = Client(Hard(1) with { OutputTokens = 77 });

        await AskAsync(client, "How long?", limit: null);

        Assert.Contains("77", _server.Requests.Single().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_GivenAnAttemptThatMayBeBilled_IsRefusedWhereOnlyOneFits()
    {
        // The first attempt holds 10 output tokens and a bound of 48 input tokens, 0.00022 USD; a second one does not fit into 0.0003.
        var client = Client(Hard(0.0003m), "\"backoffSeconds\": 0.001, \"retries\": 1");
        _server.Enqueue(new Script { Status = 500, ContentType = "application/json", Body = "{}" });

        var refused = await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync(client, "Twice?", settings: new CallSettings { Retries = 1 }));

        Assert.Equal(RefusalReason.BudgetExhausted, refused.Reason);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task CompleteAsync_GivenBudget_HandsTheChargeToWhoeverRecordsTheRun()
    {
        var budget = Hard(1);
        Client(budget);

        var outcome = await Clients.CompleteAsync(new CompletionRequest { Model = Large, Prompt = "Hi." }, CancellationToken.None);
        await Ledger.FlushAsync(CancellationToken.None);
        var before = await StateAsync(budget);
        outcome.Charge?.Settle(CostOfLarge);
        await Ledger.FlushAsync(CancellationToken.None);

        Assert.Equal([new LedgerKey("team", "", BudgetCalendar.SpanAt(budget, _time.GetUtcNow()).Key)], outcome.Charge?.Ledgers);
        Assert.Equal(Usd.Zero, before.Settled);
        Assert.True(before.Held > Usd.Zero);
        var state = await StateAsync(budget);
        Assert.Equal((CostOfLarge, Usd.Zero, Usd.Zero), (state.Settled, state.Direct, state.Held));
    }

    [Fact]
    public async Task CompleteAsync_GivenUpByItsCaller_IsSettledByTheChain()
    {
        var budget = Hard(1);
        Client(budget);
        _server.Enqueue(new Script { FirstTokenDelay = TimeSpan.FromSeconds(20) });
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Clients.CompleteAsync(new CompletionRequest { Model = Large, Prompt = "Hi." }, impatient.Token));
        await Ledger.FlushAsync(CancellationToken.None);

        var state = await StateAsync(budget);
        Assert.Equal((Usd.Zero, 1L), (state.Held, state.Calls));
    }

    private BudgetLedger Ledger => _ledger ?? throw new InvalidOperationException("There is no ledger yet.");

    private ModelClients Clients => _clients ?? throw new InvalidOperationException("There are no clients yet.");

    private static Budget Hard(decimal limit) => new() { Id = "team", Scope = new BudgetScope(BudgetDimension.All), Period = BudgetPeriod.Month, Limit = new Usd(limit) };

    /// <summary>A budget that throttles from its first call on.</summary>
    private static Budget Throttled(Throttling throttling) => Hard(1) with { Thresholds = [new BudgetThreshold(0.001m, BudgetAction.Throttle)], Throttling = throttling };

    private IChatClient Client(Budget budget, string calling = "\"backoffSeconds\": 0.001")
    {
        IReadOnlyList<Budget> budgets = [budget];
        _ledger = new BudgetLedger(_store, () => budgets, new LedgerOptions { Worker = "w", LongestWait = TimeSpan.FromMilliseconds(300) }, _time, _crossings.Add);
        var entry = (string model) => $$"""{ "model": "{{model}}", "api": "openai-compatible", "endpoint": "{{_server.Address}}v1/", "capabilities": "chat" }""";
        _clients = new ModelClients(
            ModelConfiguration.Parse(
                $$"""
                { "capabilities": { "chat": { "usageInStream": true } }, "calling": { {{calling}} },
                  "models": [ {{entry(Large.ToString())}}, {{entry(Small.ToString())}} ] }
                """, "models.json", static _ => null),
            null, _time, parts: new ChainParts { Ledger = _ledger });
        return _clients.FindChatClient(Large) ?? throw new InvalidOperationException("It is not configured.");
    }

    /// <summary>Makes so many calls that the throttle of <see cref="Throttled"/> is in force.</summary>
    private async Task UseUpAsync(IChatClient client)
    {
        for (var i = 0; i < 4; i++) await AskAsync(client, $"first {i}", settings: new CallSettings { Priority = CallPriority.Critical });
        await Ledger.FlushAsync(CancellationToken.None);
    }

    private async Task<LedgerState> StateAsync(Budget budget)
    {
        var now = _time.GetUtcNow();
        return (await _store.ReadAsync([new LedgerKey(budget.Id, "", BudgetCalendar.SpanAt(budget, now).Key)], CancellationToken.None))[0].StateAt(budget, now);
    }

    private async Task<(ModelCall Call, string Text)> AskAsync(IChatClient client, string question, bool cached = false, CallSettings? settings = null, int? limit = 10)
    {
        var options = ModelCall.With(new ChatOptions { MaxOutputTokens = limit }, (settings ?? CallSettings.Default) with { BypassesCache = !cached });
        var call = ModelCall.Begin(ref options, _time, keepsGaps: false);
        var text = "";
        await foreach (var update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, question)], options, CancellationToken.None)) text += update.Text;
        return (call, text);
    }

    /// <summary>A clock that goes on as the real one, from the middle of a month, and can be moved on.</summary>
    private sealed class MovedTime : TimeProvider
    {
        private readonly long _start = System.GetTimestamp();
        private DateTimeOffset _from = new(2026, 11, 15, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _from + System.GetElapsedTime(_start);

        public void Advance(TimeSpan by) => _from += by;
    }
}
