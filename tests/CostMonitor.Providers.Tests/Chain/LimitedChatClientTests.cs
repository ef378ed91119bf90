using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Simulated;
using CostMonitor.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

public sealed class LimitedChatClientTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SteppedTime _time = new();
    private readonly AskedClient _provider = new();

    public void Dispose() => _provider.Dispose();

    [Fact]
    public async Task Call_GivenNoRoom_WaitsAndNotesTheWait()
    {
        var (limiter, client) = Limited(new RateLimits(60));
        for (var i = 0; i < 10; i++) await AskAsync(client);

        var waiting = AskAsync(client);
        var (isDone, asked) = (waiting.IsCompleted, _provider.Asked);
        _time.Advance(Second);
        var outcome = Assert.IsType<RunOutcome.Succeeded>(await waiting);

        Assert.Equal((false, 10), (isDone, asked));
        Assert.Equal((Second, Second), (outcome.Path.LimiterWait, outcome.Path.Attempts.Single().Wait));
        Assert.Equal("yes", outcome.Text);
        Assert.Equal(0, limiter.Queued);
    }

    [Fact]
    public async Task Call_GivenLessTimeThanTheWait_IsRefusedAtOnceAndSaysWhy()
    {
        var (_, client) = Limited(new RateLimits(60, 100_000));
        for (var i = 0; i < 10; i++) await AskAsync(client, maxOutputTokens: 10);

        var e = await Assert.ThrowsAsync<CallRefusedException>(() => StreamAsync(client, new CallSettings { Limits = new CallLimits { Total = Second / 2 } }));

        Assert.Equal((RefusalReason.LimiterWait, FailureStage.Admission, "limiter_wait", Second), (e.Reason, e.Stage, e.ErrorType, e.RetryAfter));
        Assert.Equal(
            "openai:gpt-4o-mini: the call would wait longer than it may. 0 calls wait for the limit of 60 requests and 100000 tokens a minute, 5 may; one more would wait for about 1 s.",
            e.Message);
        Assert.Equal(10, _provider.Asked);
    }

    [Fact]
    public async Task Call_GivenAShorterLongestWait_HeedsIt()
    {
        var (_, client) = Limited(new RateLimits(60), longestWait: Second / 2);
        for (var i = 0; i < 10; i++) await AskAsync(client);

        var failed = Assert.IsType<RunOutcome.Failed>(await AskAsync(client));

        Assert.Equal((FailureStage.Admission, "limiter_wait"), (failed.Stage, failed.ErrorType));
    }

    [Fact]
    public async Task Call_GivenAFullQueue_IsRefused()
    {
        var (limiter, client) = Limited(new RateLimits(60));
        for (var i = 0; i < 10; i++) await AskAsync(client);
        var waiting = Enumerable.Range(0, 5).Select(_ => AskAsync(client)).ToArray();

        var e = await Assert.ThrowsAsync<CallRefusedException>(() => StreamAsync(client, CallSettings.Default));

        Assert.Equal((RefusalReason.LimiterFull, 6 * Second), (e.Reason, e.RetryAfter));
        Assert.Equal(5, limiter.Queued);
        _time.Advance(5 * Second);
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Call_GivenAPauseThatOutlivesItsWait_IsRefusedWithTheTimeItWaited()
    {
        var (limiter, client) = Limited(RateLimits.Unknown, longestWait: 5 * Second);
        limiter.Pause(3 * Second);
        var waiting = StreamAsync(client, CallSettings.Default);
        limiter.Pause(20 * Second);

        _time.Advance(5 * Second);

        var e = await Assert.ThrowsAsync<CallRefusedException>(() => waiting);
        Assert.Equal((RefusalReason.LimiterWait, 15 * Second), (e.Reason, e.RetryAfter));
        Assert.Equal(
            "openai:gpt-4o-mini: the call has waited for 5 s, which is as long as it may. 0 calls wait for the end of the pause that the provider asked for, 5 may; one more would wait for about 15 s.",
            e.Message);
    }

    [Fact]
    public async Task Call_GivenATokenLimit_CountsThePromptAndTheMostOutput()
    {
        var (_, client) = Limited(new RateLimits(null, 6000)); // 1,000 at once, 100 a second
        var message = new ChatMessage(ChatRole.User, "abcd"); // 3 for the reply, 3 for the message, 1 for the word

        await client.GetResponseAsync([message], new ChatOptions { MaxOutputTokens = 493 });
        await client.GetResponseAsync([message], new ChatOptions { MaxOutputTokens = 493 });
        var third = client.GetResponseAsync([message], new ChatOptions { MaxOutputTokens = 93 });
        _time.Advance(Second - TimeSpan.FromMilliseconds(1));
        var early = _provider.Asked;
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await third;

        Assert.Equal((2, 3), (early, _provider.Asked));
    }

    [Fact]
    public async Task Call_GivenNoMostOutput_CountsAThousand()
    {
        var (limiter, client) = Limited(new RateLimits(null, 60_000)); // 10,000 at once
        var message = new ChatMessage(ChatRole.User, "abcd");

        await client.GetResponseAsync([message]);

        // 10,000 - 1,007 are left.
        Assert.Equal(LimiterAnswer.Entered, (await limiter.EnterAsync(CallLane.App, 8993, TimeSpan.Zero, CancellationToken.None)).Answer);
        Assert.Equal(LimiterAnswer.WouldWaitTooLong, (await limiter.EnterAsync(CallLane.App, 1, TimeSpan.Zero, CancellationToken.None)).Answer);
    }

    [Fact]
    public async Task Call_GivenLimitsInTheHeadOfItsAnswer_LearnsThem()
    {
        var (limiter, client) = Limited(RateLimits.Unknown);
        _provider.Shows = new RateLimitHeaders(new RateAllowance(600, 2), new RateAllowance(60_000));

        await AskAsync(client);

        Assert.Equal(new RateLimits(600, 60_000), limiter.Limits);
        _provider.Shows = null;
        await AskAsync(client);
        await AskAsync(client);
        Assert.False(AskAsync(client).IsCompleted);
    }

    [Fact]
    public async Task Call_GivenA429WithAWait_LearnsFromItAndPauses()
    {
        var (limiter, client) = Limited(RateLimits.Unknown);
        _provider.Shows = new RateLimitHeaders(new RateAllowance(600), default);
        _provider.Fails = new ModelCallException(FailureStage.Provider, "rate_limit_exceeded", "slow down") { HttpStatus = 429, RetryAfter = 7 * Second };

        Assert.IsType<RunOutcome.Failed>(await AskAsync(client));

        Assert.Equal((600, 7 * Second), (limiter.Limits.RequestsPerMinute, limiter.Paused));
    }

    [Fact]
    public async Task Call_GivenAnotherFailureWithAWait_DoesNotPause()
    {
        var (limiter, client) = Limited(RateLimits.Unknown);
        _provider.Fails = new ModelCallException(FailureStage.Provider, "overloaded", "busy") { HttpStatus = 503, RetryAfter = 7 * Second };

        Assert.IsType<RunOutcome.Failed>(await AskAsync(client));

        Assert.Equal(TimeSpan.Zero, limiter.Paused);
    }

    [Fact]
    public async Task Call_GivenARefusalBelow_GivesItsPlaceBack()
    {
        var limiter = new RateLimiter(new LimiterSettings { Limits = new RateLimits(60, 6000) }, _time);
        using var client = new LimitedChatClient(Given.Chat, _provider, limiter, Second, CallLimits.Default, _time);
        _provider.Fails = new CallRefusedException(RefusalReason.BreakerOpen, "open");

        for (var i = 0; i < 50; i++) await Assert.ThrowsAsync<CallRefusedException>(() => client.GetResponseAsync("Hi"));

        Assert.Equal(50, _provider.Asked);
        Assert.Equal(TimeSpan.Zero, (await limiter.EnterAsync(CallLane.App, 1000, Second, CancellationToken.None)).Waited);
    }

    [Fact]
    public async Task Call_GivenUpWhileItWaits_LeavesTheQueueAndAsksNobody()
    {
        var (limiter, client) = Limited(new RateLimits(60));
        for (var i = 0; i < 10; i++) await AskAsync(client);
        using var source = new CancellationTokenSource();
        var waiting = client.GetResponseAsync("Hi", cancellationToken: source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal((0, 10), (limiter.Queued, _provider.Asked));
    }

    [Fact]
    public async Task Call_GivenAVirtualClock_MovesItOverTheWait()
    {
        var clock = new VirtualClock(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
        var limiter = new RateLimiter(new LimiterSettings { Limits = new RateLimits(60) }, clock);
        using var client = new LimitedChatClient(Given.Mock, _provider, limiter, TimeSpan.FromMinutes(1), CallLimits.Default, clock);

        for (var i = 0; i < 12; i++) await client.GetResponseAsync("Hi");

        Assert.Equal(new DateTimeOffset(2026, 11, 1, 0, 0, 2, TimeSpan.Zero), clock.GetUtcNow());
    }

    private (RateLimiter Limiter, IChatClient Client) Limited(RateLimits limits, TimeSpan? longestWait = null)
    {
        var limiter = new RateLimiter(new LimiterSettings { Limits = limits, Queue = 5 }, _time);
        var metered = new MeteredChatClient(new Deployment(Given.Chat), _provider, _time);
        return (limiter, new LimitedChatClient(Given.Chat, metered, limiter, longestWait ?? TimeSpan.FromMinutes(1), CallLimits.Default, _time));
    }

    private Task<RunOutcome> AskAsync(IChatClient client, int? maxOutputTokens = null) =>
        new MeteredCompletionClient(new Deployment(Given.Chat), client, _time)
            .CompleteAsync(Given.Request(Given.Chat) with { Retries = 1, Parameters = new(maxOutputTokens) }, CancellationToken.None);

    private static Task<ChatResponse> StreamAsync(IChatClient client, CallSettings settings) => client.GetResponseAsync("Hi", ModelCall.With(null, settings));
}
