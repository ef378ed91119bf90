using CostMonitor.Core.Calling;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Simulated;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>When a failed attempt is made again, on a clock where waiting takes no time.</summary>
public sealed class RetryingTests
{
    private static readonly ModelCallException Transient = Chains.Failure(FailureStage.Provider, "server_error", 500);

    private readonly VirtualClock _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task GetResponseAsync_GivenTwoFailuresBeforeTheAnswer_WaitsTheDrawnShareOfTheDoubledBackoff()
    {
        using var provider = new MemoryClient(static (n, _) => n < 3 ? MemoryClient.Failing(Transient) : MemoryClient.Tokens(2));
        using var client = Retrying(provider, random: static () => 0.5);

        var response = await client.GetResponseAsync("hi");

        // Half of 500 ms, and half of 1 s.
        Assert.Equal(("tok tok ", 3, TimeSpan.FromMilliseconds(750)), (response.Text, provider.Asked, Elapsed));
    }

    [Fact]
    public async Task GetResponseAsync_GivenWhatTheProviderAsks_WaitsForThat()
    {
        using var provider = new MemoryClient(static (n, _) => n < 2 ? MemoryClient.Failing(Limited(TimeSpan.FromSeconds(20))) : MemoryClient.Tokens(1));
        using var client = Retrying(provider, random: static () => 0.5);

        await client.GetResponseAsync("hi");

        Assert.Equal((2, TimeSpan.FromSeconds(21)), (provider.Asked, Elapsed)); // a half of a tenth on top
    }

    [Fact]
    public async Task GetResponseAsync_GivenThatTheProviderAsksForTooMuch_DoesNotWaitAtAll()
    {
        using var provider = new MemoryClient(static (_, _) => MemoryClient.Failing(Limited(TimeSpan.FromSeconds(31))));
        using var client = Retrying(provider);

        await Assert.ThrowsAsync<ModelCallException>(() => client.GetResponseAsync("hi"));

        Assert.Equal((1, TimeSpan.Zero), (provider.Asked, Elapsed));
    }

    [Fact]
    public async Task GetResponseAsync_GivenAWaitBeyondTheWholeCallsTime_LetsTheFailureStand()
    {
        using var provider = new MemoryClient(static (_, _) => MemoryClient.Failing(Limited(TimeSpan.FromSeconds(25))));
        using var client = Retrying(provider, limits: new CallLimits { Total = TimeSpan.FromSeconds(60) }, random: static () => 0);

        var failure = await Assert.ThrowsAsync<ModelCallException>(() => client.GetResponseAsync("hi"));

        // At 0, 25 and 50 s; a fourth at 75 s would be too late, and so is not waited for.
        Assert.Equal(("rate_limit_exceeded", 3, TimeSpan.FromSeconds(50)), (failure.ErrorType, provider.Asked, Elapsed));
    }

    [Theory]
    [InlineData(null, 4)] // the deployment's own number is 3
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(10, 11)]
    public async Task GetResponseAsync_GivenACallsOwnNumberOfRetries_MakesThatMany(int? retries, int attempts)
    {
        using var provider = new MemoryClient(static (_, _) => MemoryClient.Failing(Transient));
        using var client = Retrying(provider);

        await Assert.ThrowsAsync<ModelCallException>(() => client.GetResponseAsync("hi", Chains.With(new CallSettings { Retries = retries })));

        Assert.Equal((attempts, attempts), (provider.Asked, provider.Disposed));
    }

    [Fact]
    public async Task GetResponseAsync_GivenAnEmptyBudget_DoesNotRetry()
    {
        using var provider = new MemoryClient(static (_, _) => MemoryClient.Failing(Transient));
        var budget = new RetryBudget(share: 0.1, reserve: 2);
        using var client = new RetryingChatClient(provider, new RetrySettings { Retries = 10 }, budget, CallLimits.Default, _time, static () => 0);

        await Assert.ThrowsAsync<ModelCallException>(() => client.GetResponseAsync("hi"));
        for (var i = 0; i < 19; i++) await Assert.ThrowsAsync<ModelCallException>(() => client.GetResponseAsync("hi"));

        // The reserve of 2 goes to the first call; the 19 after it bring 1.9 retries.
        Assert.Equal(20 + 2 + 1, provider.Asked);
    }

    [Fact]
    public async Task GetResponseAsync_GivenAFailureThatDoesNotPass_DoesNotTouchTheBudget()
    {
        using var provider = new MemoryClient(static (_, _) => MemoryClient.Failing(Chains.Failure(FailureStage.Provider, "insufficient_quota", 429)));
        var budget = new RetryBudget(reserve: 5);
        using var client = new RetryingChatClient(provider, RetrySettings.Default, budget, CallLimits.Default, _time);

        await Assert.ThrowsAsync<ModelCallException>(() => client.GetResponseAsync("hi"));

        Assert.Equal((1, 5L), (provider.Asked, budget.Left));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenAFailureAfterAToken_PassesOnWhatCameAndFails()
    {
        using var provider = new MemoryClient(static (_, _) => MemoryClient.Failing(Chains.Failure(FailureStage.Stream, "broke_off", 200), tokens: 2));
        using var client = Retrying(provider);
        var text = "";

        await Assert.ThrowsAsync<ModelCallException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("hi")) text += update.Text;
        });

        Assert.Equal(("tok tok ", 1), (text, provider.Asked));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenMessagesThatCanBeReadOnce_SendsThemEachTime()
    {
        using var provider = new MemoryClient(static (n, _) => n < 3 ? MemoryClient.Failing(Transient) : MemoryClient.Tokens(1));
        using var client = Retrying(provider);

        await client.GetResponseAsync(Once());

        Assert.Equal(3, provider.Asked);
    }

    [Fact]
    public async Task GetResponseAsync_GivenTheUsualDraws_KeepsWaitsBelowTheirCeiling()
    {
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 200; i++)
        {
            var time = new VirtualClock(DateTimeOffset.UnixEpoch);
            using var provider = new MemoryClient(static (n, _) => n < 2 ? MemoryClient.Failing(Transient) : MemoryClient.Tokens(1));
            using var client = new RetryingChatClient(provider, RetrySettings.Default, new RetryBudget(), CallLimits.Default, time);
            await client.GetResponseAsync("hi");
            waits.Add(time.GetUtcNow() - DateTimeOffset.UnixEpoch);
        }

        // Evenly from 0 to 500 ms: the mean of 200 draws has a standard error of 10 ms.
        Assert.All(waits, static w => Assert.InRange(w, TimeSpan.Zero, TimeSpan.FromMilliseconds(500)));
        Assert.InRange(waits.Average(static w => w.TotalMilliseconds), 190, 310);
    }

    [Fact]
    public async Task GetResponseAsync_GivenACallersCancellationDuringTheWait_EndsWithIt()
    {
        using var cancel = new CancellationTokenSource();
        using var provider = new MemoryClient((_, _) =>
        {
            cancel.Cancel();
            return MemoryClient.Failing(Transient);
        });
        using var client = Retrying(provider, random: static () => 1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("hi", cancellationToken: cancel.Token));

        Assert.Equal(1, provider.Asked);
    }

    private static ModelCallException Limited(TimeSpan wait) => Chains.Failure(FailureStage.Provider, "rate_limit_exceeded", 429, wait);

    private static IEnumerable<ChatMessage> Once()
    {
        yield return new ChatMessage(ChatRole.User, "hi");
    }

    private TimeSpan Elapsed => _time.GetUtcNow() - DateTimeOffset.UnixEpoch;

    private RetryingChatClient Retrying(IChatClient provider, CallLimits? limits = null, Func<double>? random = null) =>
        new(provider, RetrySettings.Default, new RetryBudget(), limits ?? CallLimits.Default, _time, random ?? (static () => 0));
}
