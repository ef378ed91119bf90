using System.Runtime.CompilerServices;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Simulated;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

public sealed class StreamTests
{
    private static readonly CallLimits Racing = new() { Attempt = TimeSpan.FromSeconds(1), Total = TimeSpan.FromSeconds(1), Stall = TimeSpan.FromSeconds(1) };

    [Fact]
    public async Task OpenAsync_GivenUpdatesBeforeTheFirstToken_GivesThemAgainInTheirOrder()
    {
        await using var stream = await StartedStream.OpenAsync(Updates("", "", "a", "b"), CancellationToken.None);

        Assert.Equal(["", "", "a", "b"], await TextsAsync(stream));
        Assert.False(await stream.MoveNextAsync());
    }

    [Fact]
    public async Task OpenAsync_GivenNoTokenAtAll_GivesWhatThereWas()
    {
        await using var stream = await StartedStream.OpenAsync(Updates("", ""), CancellationToken.None);

        Assert.Equal(["", ""], await TextsAsync(stream));
    }

    [Fact]
    public async Task OpenAsync_GivenAnEmptyStream_Ends()
    {
        await using var stream = await StartedStream.OpenAsync(Updates(), CancellationToken.None);

        Assert.False(await stream.MoveNextAsync());
    }

    [Fact]
    public async Task OpenAsync_GivenAFailureBeforeTheFirstToken_ThrowsItAndDisposesOfTheStream()
    {
        using var provider = new MemoryClient(static (_, _) => MemoryClient.Failing(Chains.Failure(FailureStage.Parse, "html")));

        await Assert.ThrowsAsync<ModelCallException>(() => StartedStream.OpenAsync(provider.GetStreamingResponseAsync("hi"), CancellationToken.None).AsTask());

        Assert.Equal(1, provider.Disposed);
    }

    [Fact]
    public async Task OpenAsync_GivenAFailureBehindTheFirstToken_ThrowsItWhereItHappens()
    {
        using var provider = new MemoryClient(static (_, _) => MemoryClient.Failing(Chains.Failure(FailureStage.Stream, "broke_off"), tokens: 1));
        await using var stream = await StartedStream.OpenAsync(provider.GetStreamingResponseAsync("hi"), CancellationToken.None);

        Assert.True(await stream.MoveNextAsync());
        await Assert.ThrowsAsync<ModelCallException>(() => stream.MoveNextAsync().AsTask());
    }

    [Fact]
    public async Task GetResponseAsync_GivenAChain_GathersTheWholeAnswer()
    {
        using var provider = new MemoryClient(static (_, _) => MemoryClient.Tokens(3));
        using var client = Chains.Over(provider, TimeProvider.System);

        var response = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "hi")]);

        Assert.Equal(("tok tok tok ", 1, 1), (response.Text, provider.Asked, provider.Disposed));
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenOptions_LeavesTheCallersAlone()
    {
        using var provider = new MemoryClient(static (_, _) => MemoryClient.Tokens(1));
        using var client = Chains.Over(provider, TimeProvider.System);
        var options = new ChatOptions { Temperature = 0.5f, AdditionalProperties = new() { ["mine"] = 1 } };

        await client.GetResponseAsync("hi", options);
        await client.GetResponseAsync("hi", options);

        Assert.Equal(["mine"], options.AdditionalProperties.Keys);
        Assert.NotSame(options, provider.Options);
        Assert.Equal((0.5f, 1), (provider.Options?.Temperature, provider.Options?.AdditionalProperties?["mine"]));
        Assert.Single(ModelCall.Of(provider.Options)?.Attempts ?? []); // the second call is not the first one's
    }

    [Fact]
    public async Task GetStreamingResponseAsync_GivenNoOptions_StillCarriesTheCall()
    {
        using var provider = new MemoryClient(static (_, _) => MemoryClient.Tokens(1));
        using var client = Chains.Over(provider, TimeProvider.System);

        await client.GetResponseAsync("hi");

        Assert.Equal(CallSettings.Default, ModelCall.Of(provider.Options)?.Settings);
    }

    [Fact]
    public void With_GivenSettings_ReachTheCallAndNotTheProvider()
    {
        var given = new ChatOptions();
        var settings = new CallSettings { Id = "a", Retries = 2 };

        ChatOptions? options = ModelCall.With(given, settings);
        var call = ModelCall.Ensure(ref options, TimeProvider.System);

        Assert.Null(given.AdditionalProperties);
        Assert.Equal((settings, call), (call.Settings, ModelCall.Ensure(ref options, TimeProvider.System)));
        Assert.DoesNotContain(options?.AdditionalProperties?.Values ?? [], static v => v is CallSettings);
    }

    [Fact]
    public async Task Path_GivenWaitsOfTwoKinds_AddsThemToTheNextAttempt()
    {
        var time = new VirtualClock(DateTimeOffset.UnixEpoch);
        ChatOptions? options = null;
        var call = ModelCall.Ensure(ref options, time);

        call.WaitedForLimit(TimeSpan.FromSeconds(2));
        call.BeginAttempt(Chains.Deployment).Fail(Chains.Failure(FailureStage.Provider, "server_error", 500));
        await Task.Delay(TimeSpan.FromSeconds(7), time);
        call.WaitedToRetry(TimeSpan.FromSeconds(3));
        call.WaitedForLimit(TimeSpan.FromSeconds(4));
        call.BeginAttempt(Chains.Deployment).End();

        var path = call.Path();
        Assert.Equal((TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(7)), (path.LimiterWait, path.RetryWait, path.Elapsed));
        Assert.Equal([TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(7)], path.Attempts.Select(static a => a.Wait));
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(7)], path.Attempts.Select(static a => a.At));
        Assert.Equal([500, null], path.Attempts.Select(static a => a.Failure?.HttpStatus));
    }

    /// <summary>The piece and the limit race for the waiting caller: exactly one of them may complete the move.</summary>
    [Fact]
    public async Task MoveNextAsync_GivenAPieceAndALimitAtOnce_CompletesEachMoveExactlyOnce()
    {
        var (came, expired) = (0, 0);
        for (var i = 0; i < 10_000; i++)
        {
            var time = new VirtualClock(DateTimeOffset.UnixEpoch);
            using var source = new RacingStream(heedsToken: i % 2 == 0);
            var watched = new TimedChatClient(Given.Chat, source, Racing, time).GetStreamingResponseAsync([]).GetAsyncEnumerator();
            var move = watched.MoveNextAsync().AsTask();

            using var start = new Barrier(2);
            var piece = Task.Run(() =>
            {
                start.SignalAndWait();
                source.Release();
            });
            start.SignalAndWait();
            time.Wait(TimeSpan.FromSeconds(3), CancellationToken.None); // the limit, and the grace
            await piece;

            try
            {
                if (await move.WaitAsync(TimeSpan.FromSeconds(30))) came++;
            }
            catch (ModelCallException e) when (e.ErrorType == "timeout")
            {
                expired++;
            }

            await watched.DisposeAsync();
            Assert.True(await source.Disposed.WaitAsync(TimeSpan.FromSeconds(30)), "A stream was not disposed of.");
        }

        Assert.Equal(10_000, came + expired);
        Assert.True(came > 0 && expired > 0, $"No race: {came} came and {expired} expired.");
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Updates(params string[] texts)
    {
        foreach (var text in texts)
        {
            await Task.Yield();
            yield return MemoryClient.Token(text);
        }
    }

    private static async Task<List<string>> TextsAsync(StartedStream stream)
    {
        var texts = new List<string>();
        while (await stream.MoveNextAsync()) texts.Add(stream.Current.Text);
        return texts;
    }

    /// <summary>Brings one piece when it is released, or ends with its token if it heeds it.</summary>
    private sealed class RacingStream(bool heedsToken) : IChatClient
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _disposed = new(0);

        public SemaphoreSlim Disposed => _disposed;

        public void Release() => _released.SetResult();

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                await (heedsToken ? _released.Task.WaitAsync(cancellationToken) : _released.Task);
                yield return MemoryClient.Token();
            }
            finally
            {
                _disposed.Release();
            }
        }

        public void Dispose() => _disposed.Dispose();
    }
}
