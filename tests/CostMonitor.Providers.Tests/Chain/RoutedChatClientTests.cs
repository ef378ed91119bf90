using System.Runtime.CompilerServices;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

public sealed class RoutedChatClientTests
{
    private static readonly ModelKey Name = new("route", "test");
    private readonly Clock _clock = new();

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAHealthyTarget_AsksItAlone()
    {
        var (first, second) = (Answering("one"), Answering("two"));

        var (text, call) = await AskAsync([first, second]);

        Assert.Equal(("one", 1, 0), (text, first.Calls, second.Calls));
        Assert.Equal(new CallRoute(new ModelKey("p", "m0"), "listed 1 of 2", 0), call.Route);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenA500_AsksTheNext()
    {
        var (text, call) = await AskAsync([Failing(500, "server_error"), Answering("two")]);

        Assert.Equal("two", text);
        Assert.Equal(new CallRoute(new ModelKey("p", "m1"), "listed 2 of 2; failed: p:m0 (server_error, HTTP 500)", 1), call.Route);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenARefusalByABreaker_AsksTheNext()
    {
        var refusing = new Target(static () => throw new CallRefusedException(RefusalReason.BreakerOpen, "open"));

        var (text, call) = await AskAsync([refusing, Answering("two")]);

        Assert.Equal(("two", 1), (text, call.Route?.Failovers));
        Assert.EndsWith("failed: p:m0 (breaker_open)", call.Route?.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task GetStreamingResponseAsync_GivenARequestThatIsWrongEverywhere_LetsTheFailureStand(int status)
    {
        var second = Answering("two");

        var thrown = await Assert.ThrowsAsync<ModelCallException>(() => AskAsync([Failing(status, "invalid_request_error"), second]));

        Assert.Equal((status, 0), (thrown.HttpStatus, second.Calls));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAFailureAfterTheFirstToken_LetsItStand()
    {
        var second = Answering("two");
        var cut = new Target(static () => throw new ModelCallException(FailureStage.Stream, "broke_off", "cut")) { Before = "begun" };

        var thrown = await Assert.ThrowsAsync<ModelCallException>(() => AskAsync([cut, second]));

        Assert.Equal(("broke_off", 0), (thrown.ErrorType, second.Calls));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAllDown_RefusesAndNamesEach()
    {
        var thrown = await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync([Failing(500, "server_error"), Failing(503, "overloaded")]));

        Assert.Equal(RefusalReason.AllDown, thrown.Reason);
        Assert.Equal("route:test: no deployment could answer: p:m0 (server_error, HTTP 500), p:m1 (overloaded, HTTP 503).", thrown.Message);
        Assert.Equal(503, (thrown.InnerException as ModelCallException)?.HttpStatus);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAllBreakersOpen_RefusesAsAllDown()
    {
        var (first, second) = (Answering("one") with { State = TargetState.Open }, Answering("two") with { State = TargetState.Open });

        var thrown = await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync([first, second]));

        Assert.Equal((RefusalReason.AllDown, "route:test: no deployment could answer: p:m0 (breaker open), p:m1 (breaker open)."), (thrown.Reason, thrown.Message));
        Assert.Equal(0, first.Calls + second.Calls);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenNobodyWhoFits_RefusesAsNoRoute()
    {
        var settings = new CallSettings { Route = new RouteWish { Residency = ["eu"] } };

        var thrown = await Assert.ThrowsAsync<CallRefusedException>(
            () => AskAsync([Answering("one") with { Facts = new ModelFacts { Residency = "us" } }, Answering("two")], settings));

        Assert.Equal(RefusalReason.NoRoute, thrown.Reason);
        Assert.Equal("route:test: no deployment fits the call: p:m0 (residency us), p:m1 (residency not known).", thrown.Message);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenNoTimeLeft_LetsTheFailureStand()
    {
        var second = Answering("two");
        var slow = new Target(() =>
        {
            _clock.Elapsed += TimeSpan.FromSeconds(60);
            throw new ModelCallException(FailureStage.Connect, "timeout", "late");
        });

        var thrown = await Assert.ThrowsAsync<ModelCallException>(
            () => AskAsync([slow, second], new CallSettings { Limits = new CallLimits { Total = TimeSpan.FromSeconds(60) } }));

        Assert.Equal(("timeout", 0), (thrown.ErrorType, second.Calls));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenTimeLeft_AsksTheNextAfterATimeout()
    {
        var slow = new Target(() =>
        {
            _clock.Elapsed += TimeSpan.FromSeconds(60);
            throw new ModelCallException(FailureStage.Connect, "timeout", "late");
        });

        var (text, _) = await AskAsync([slow, Answering("two")], new CallSettings { Limits = new CallLimits { Total = TimeSpan.FromSeconds(61) } });

        Assert.Equal("two", text);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenACallerWhoGaveUp_AsksNobodyElse()
    {
        using var stop = new CancellationTokenSource();
        var second = Answering("two");
        var leaving = new Target(() =>
        {
            stop.Cancel();
            throw new ModelCallException(FailureStage.Connect, "timeout", "late");
        });

        await Assert.ThrowsAsync<ModelCallException>(() => AskAsync([leaving, second], cancellationToken: stop.Token));

        Assert.Equal(0, second.Calls);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenARouteByDifficulty_JudgesTheLastQuestion()
    {
        var small = Answering("small") with { Facts = new ModelFacts { Grade = ModelGrade.Small } };
        var flagship = Answering("flagship") with { Facts = new ModelFacts { Grade = ModelGrade.Flagship } };
        const string hard = "Compare the two, and prove it step by step.";

        var (easyText, _) = await AskAsync([flagship, small], byDifficulty: true);
        var (hardText, call) = await AskAsync([small, flagship], byDifficulty: true, prompt: hard);
        var (toldText, told) = await AskAsync([flagship, small], new CallSettings { Route = new RouteWish { Difficulty = PromptDifficulty.Easy } }, byDifficulty: true, prompt: hard);

        Assert.Equal(("small", "flagship", "small"), (easyText, hardText, toldText));
        Assert.Equal("hard, flagship; listed 2 of 2; judged hard by 3 points: asks for reasoning 3", call.Route?.Reason);
        Assert.Equal("easy, small model; listed 2 of 2", told.Route?.Reason);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenWhatTheCallCarries_AsksWhoCanDoIt()
    {
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.Json, Tools = [AIFunctionFactory.Create(static () => 1, "one")] };
        var able = Answering("able") with { Facts = new ModelFacts { Features = ["json", "tools", "vision"] } };
        var blind = Answering("blind") with { Facts = new ModelFacts { Features = ["json", "tools"] } };
        var image = new ChatMessage(ChatRole.User, [new TextContent("What is this?"), new DataContent("data:image/png;base64,iVBORw0KGgo=")]);

        var (text, call) = await AskAsync([Answering("none"), blind, able], options: options, message: image);

        Assert.Equal("able", text);
        Assert.Equal("listed 3 of 3; passed over: p:m0 (no json), p:m1 (no vision)", call.Route?.Reason);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenACheapestRoute_PricesThisCall()
    {
        var dear = Answering("dear") with { Offer = new Offer(new ModelKey("openai", "gpt-4o")) };
        var cheap = Answering("cheap") with { Offer = new Offer(new ModelKey("openai", "gpt-4o-mini")) };

        var (text, call) = await AskAsync([dear, cheap], order: RouteOrder.Cheapest, options: new ChatOptions { MaxOutputTokens = 100 });

        // "Hi" is 1 token, 3 for the message and 3 for the reply: 7 at 0.15 and 100 at 0.60 USD a million.
        Assert.Equal("cheap", text);
        Assert.Equal("cheapest, $0.000061", call.Route?.Reason);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenTheSameNameOfACall_DrawsTheSame()
    {
        Target[] targets = [Answering("0"), Answering("1"), Answering("2")];
        var drawn = new List<string>();
        for (var i = 0; i < 40; i++) drawn.Add((await AskAsync(targets, new CallSettings { Id = $"run-{i % 20}" }, order: RouteOrder.Weighted)).Text);

        Assert.Equal(drawn[..20], drawn[20..]);
        Assert.Equal(3, drawn.Distinct().Count());
    }

    [Fact]
    public void GetService_GivenAQuestionForALink_FindsThatOfTheFirstTarget()
    {
        var metered = new MeteredChatClient(new Deployment(new ModelKey("p", "m")), Answering("one").Chat(), _clock);
        var route = new Route { Model = Name, Targets = [new RouteTarget(new ModelKey("p", "m"), ModelFacts.None)] };

        using var client = new RoutedChatClient(route, [new RoutedDeployment { Offer = default, Client = metered }], ChainParts.Alone, CallLimits.Default, _clock);

        Assert.Same(metered, client.GetService(typeof(MeteredChatClient)));
    }

    private async Task<(string Text, ModelCall Call)> AskAsync(
        Target[] targets, CallSettings? settings = null, RouteOrder order = RouteOrder.Listed, bool byDifficulty = false, string prompt = "Hi",
        ChatOptions? options = null, ChatMessage? message = null, CancellationToken cancellationToken = default)
    {
        var route = new Route
        {
            Model = Name,
            Order = order,
            ByDifficulty = byDifficulty,
            Targets = [.. targets.Select(static (t, i) => new RouteTarget(new ModelKey("p", $"m{i}"), t.Facts))],
        };
        using var client = new RoutedChatClient(route, [.. targets.Select(static t => t.Deployment())], ChainParts.Alone, CallLimits.Default, _clock);
        ChatOptions? own = ModelCall.With(options, settings ?? CallSettings.Default);
        var call = ModelCall.Begin(ref own, _clock, keepsGaps: false);
        var response = await client.GetResponseAsync([message ?? new ChatMessage(ChatRole.User, prompt)], own, cancellationToken);
        return (response.Text, call);
    }

    private static Target Answering(string text) => new(static () => { }) { Before = text };

    private static Target Failing(int status, string type) =>
        new(() => throw new ModelCallException(FailureStage.Provider, type, "failed") { HttpStatus = status });

    /// <summary>A deployment that gives one token, if it has one, and then does something.</summary>
    private sealed record Target(Action Then)
    {
        private readonly Counter _counter = new();

        public string? Before { get; init; }

        public ModelFacts Facts { get; init; } = ModelFacts.None;

        public TargetState State { get; init; }

        public Offer Offer { get; init; }

        public int Calls => _counter.Calls;

        public IChatClient Chat() => new Client(this);

        public RoutedDeployment Deployment() => new() { Offer = Offer, Client = Chat(), State = () => State };

        private sealed class Counter
        {
            public int Calls { get; set; }
        }

        private sealed class Client(Target target) : IChatClient
        {
            public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
                throw new NotSupportedException();

            public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
                IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
            {
                await Task.CompletedTask;
                target._counter.Calls++;
                if (target.Before is { } text) yield return new ChatResponseUpdate(ChatRole.Assistant, text);
                target.Then();
            }

            public object? GetService(Type serviceType, object? serviceKey = null) => null;

            public void Dispose()
            {
            }
        }
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
