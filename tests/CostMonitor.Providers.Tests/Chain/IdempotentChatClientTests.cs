using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

public sealed class IdempotentChatClientTests
{
    private static readonly ModelKey Model = new("openai", "gpt-4o");

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Ask_GivenAKeyWhoseResultIsKnown_AnswersWithoutACall()
    {
        var (client, inner, cache) = Given(new CountedClient { FinishReason = "length" }); // paid and complete as far as it goes: a result too

        await AskAsync(client, "k");
        var again = await AskAsync(client, "k");
        _time.Advance(TimeSpan.FromHours(24));
        var later = await AskAsync(client, "k");

        Assert.Equal((2, "answer 1", "answer 2"), (inner.Calls, again.Text, later.Text));
        Assert.Equal(CacheSource.Idempotency, again.Call.Cache?.Source);
        Assert.Equal((1L, 0L), (cache.Figures.IdempotencyHits, cache.Figures.Hits));
    }

    [Fact]
    public async Task Ask_GivenTheSameKeyManyTimesAtOnce_CallsOnce()
    {
        var go = new TaskCompletionSource();
        var (client, inner, _) = Given(new CountedClient { Before = (_, _) => go.Task });

        var all = Enumerable.Range(0, 20).Select(_ => AskAsync(client, "k")).ToArray();
        go.SetResult();
        var answers = await Task.WhenAll(all);

        Assert.Equal(1, inner.Calls);
        Assert.Equal(19, answers.Count(a => a.Call.Cache?.Source == CacheSource.Idempotency));
    }

    [Fact]
    public async Task Ask_GivenAKeyOfAnotherQuestion_Refuses()
    {
        var go = new TaskCompletionSource();
        var (client, inner, _) = Given(new CountedClient { Before = (_, _) => go.Task });
        var first = AskAsync(client, "k", "one");

        var inFlight = await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync(client, "k", "two"));
        go.SetResult();
        await first;
        var known = await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync(client, "k", "two"));

        Assert.Equal((RefusalReason.KeyReused, RefusalReason.KeyReused, 1), (inFlight.Reason, known.Reason, inner.Calls));
    }

    [Fact]
    public async Task Ask_GivenAQuestionThatCannotBeCached_ComparesWhatCanBe()
    {
        var (client, inner, _) = Given(new CountedClient());

        await AskAsync(client, "k", change: o => o.ConversationId = "c");
        var again = await AskAsync(client, "k", change: o => o.ConversationId = "c");

        Assert.Equal((1, "answer 1"), (inner.Calls, again.Text));
        await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync(client, "k", "two", o => o.ConversationId = "c"));
    }

    [Fact]
    public async Task Ask_GivenACallThatFailed_LeavesTheKeyFree()
    {
        var (client, inner, _) = Given(new CountedClient { Before = (call, _) => call == 1 ? throw new InvalidOperationException("down") : Task.CompletedTask });

        await Assert.ThrowsAsync<ModelCallException>(() => AskAsync(client, "k"));
        var second = await AskAsync(client, "k", "another question");

        Assert.Equal((2, "answer 2", null), (inner.Calls, second.Text, second.Call.Cache));
    }

    [Fact]
    public async Task Ask_GivenAResultOfAnotherProcess_AnswersWithoutACall()
    {
        var store = new StoredAnswers(_time);
        var (first, _, firstCache) = Given(new CountedClient(), store);
        var (second, inner, _) = Given(new CountedClient(), store);
        await AskAsync(first, "k");
        await firstCache.FlushAsync(CancellationToken.None);

        var answer = await AskAsync(second, "k");

        Assert.Equal((0, "answer 1", CacheSource.Idempotency), (inner.Calls, answer.Text, answer.Call.Cache?.Source));
        await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync(second, "k", "two"));
    }

    [Fact]
    public async Task Ask_GivenACallOfAnotherProcessUnderWay_WaitsForItsResult()
    {
        var (store, go) = (new StoredAnswers(_time), new TaskCompletionSource());
        var (first, firstInner, firstCache) = Given(new CountedClient { Before = (_, _) => go.Task }, store);
        var (second, secondInner, _) = Given(new CountedClient(), store);
        var asking = AskAsync(first, "k");
        await CachedChatClientTests.UntilAsync(() => firstInner.Calls == 1);

        var waiting = AskAsync(second, "k");
        await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync(Given(new CountedClient(), store).Client, "k", "two"));
        var end = _time.GetUtcNow() + (2 * KeyClaims.Lease); // longer than a claim that is not renewed
        for (var (renewals, renewed) = (0, _time.GetUtcNow()); _time.GetUtcNow() < end;)
        {
            await StepAsync(TimeSpan.FromSeconds(1));
            if (_time.GetUtcNow() - renewed > KeyClaims.Lease * 0.7) await CachedChatClientTests.UntilAsync(() => store.Renewals > renewals); // the machine is slower than the clock
            if (store.Renewals > renewals) (renewals, renewed) = (store.Renewals, _time.GetUtcNow());
        }

        Assert.False(waiting.IsCompleted);
        go.SetResult();
        await asking;
        await firstCache.FlushAsync(CancellationToken.None);
        while (!waiting.IsCompleted) await StepAsync(TimeSpan.FromSeconds(1));

        var (text, call) = await waiting;
        Assert.Equal(("answer 1", CacheSource.Idempotency, 0, 0), (text, call.Cache?.Source, secondInner.Calls, store.Claims));
    }

    [Fact]
    public async Task Ask_GivenACallOfAnotherProcessThatFails_Asks()
    {
        var (store, go) = (new StoredAnswers(_time), new TaskCompletionSource());
        var (first, firstInner, firstCache) = Given(new CountedClient { Before = async (_, _) => { await go.Task; throw new InvalidOperationException("down"); } }, store);
        var (second, secondInner, _) = Given(new CountedClient(), store);
        var asking = AskAsync(first, "k");
        await CachedChatClientTests.UntilAsync(() => firstInner.Calls == 1);
        var waiting = AskAsync(second, "k");

        go.SetResult();
        await Assert.ThrowsAsync<ModelCallException>(() => asking);
        await firstCache.FlushAsync(CancellationToken.None);
        var left = store.Claims;
        while (!waiting.IsCompleted) await StepAsync(TimeSpan.FromSeconds(1));

        Assert.Equal((0, null, 1), (left, (await waiting).Call.Cache, secondInner.Calls)); // it did not wait for the claim to run out
    }

    [Fact]
    public async Task Ask_GivenAProcessThatDied_AsksOnceItsClaimIsOver()
    {
        var store = new StoredAnswers(_time);
        await ClaimElsewhereAsync(store, KeyClaims.Lease);
        var (client, inner, _) = Given(new CountedClient(), store);

        var (begun, waiting) = (_time.GetUtcNow(), AskAsync(client, "k"));
        while (inner.Calls == 0) await StepAsync(TimeSpan.FromSeconds(0.5));

        await waiting;
        Assert.True(_time.GetUtcNow() - begun >= KeyClaims.Lease);
    }

    [Fact]
    public async Task Ask_GivenACallOfAnotherProcessThatDoesNotEnd_FailsWhenItsTimeIsOver()
    {
        var store = new StoredAnswers(_time);
        await ClaimElsewhereAsync(store, TimeSpan.FromDays(1));
        var (client, inner, _) = Given(new CountedClient(), store);

        var waiting = AskAsync(client, "k");
        while (!waiting.IsCompleted) await StepAsync(TimeSpan.FromSeconds(5));

        var late = await Assert.ThrowsAsync<ModelCallException>(() => waiting);
        Assert.Equal(("deadline", 0), (late.ErrorType, inner.Calls));
    }

    [Fact]
    public async Task Ask_GivenACallerThatGoes_GivesTheKeyBack()
    {
        var store = new StoredAnswers(_time);
        var (client, inner, cache) = Given(new CountedClient { Before = (_, stop) => Task.Delay(Timeout.Infinite, stop) }, store);
        using var stop = new CancellationTokenSource();
        var (messages, options, _) = CachedChatClientTests.Question("q", new CallSettings { Key = "k" }, _time);
        var asking = client.GetResponseAsync(messages, options, stop.Token);
        await CachedChatClientTests.UntilAsync(() => inner.Calls == 1);
        var held = store.Claims;

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await cache.FlushAsync(CancellationToken.None);

        Assert.Equal((1, 0), (held, store.Claims));
    }

    [Fact]
    public async Task Ask_GivenClaimsThatHang_CallsAfterTwoSeconds()
    {
        var store = new StoredAnswers(_time) { Before = stop => Task.Delay(Timeout.Infinite, stop) };
        var (client, inner, cache) = Given(new CountedClient(), store);

        var asked = AskAsync(client, "k");
        _time.Advance(TimeSpan.FromSeconds(1.9));
        var before = inner.Calls;
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await asked;

        Assert.Equal((0, 1, 1L), (before, inner.Calls, cache.Figures.StoreFailures));
    }

    [Fact]
    public async Task Ask_GivenAResultOfTheCache_KnowsItUnderTheKeyToo()
    {
        var (inner, cache) = (new CountedClient(), new AnswerCache(CacheSettings.Default, ChainParts.Alone, _time));
        var client = new IdempotentChatClient(Model, new CachedChatClient(Model, Metered(inner), cache, CallLimits.Default), cache, CallLimits.Default);
        await AskAsync(client, null);

        var cached = await AskAsync(client, "k");
        _time.Advance(TimeSpan.FromHours(2));
        var known = await AskAsync(client, "k");

        Assert.Equal((CacheSource.Memory, CacheSource.Idempotency), (cached.Call.Cache?.Source, known.Call.Cache?.Source));
        Assert.Equal((1000, 1), (known.Call.Cache?.Tokens.Input, inner.Calls));
    }

    [Fact]
    public async Task Clear_GivenAll_KeepsTheResultsOfKeys()
    {
        var store = new StoredAnswers(_time);
        var (client, inner, cache) = Given(new CountedClient(), store);
        await AskAsync(client, "k");

        await cache.ClearAsync(new AnswerFilter.All(), CancellationToken.None);
        await AskAsync(client, "k");

        Assert.Equal((1, 1), (inner.Calls, store.Count));
    }

    [Fact]
    public void Ask_GivenNoKey_IsTheInnerStreamItself()
    {
        var (client, _, _) = Given(new CountedClient());
        var (messages, options, _) = CachedChatClientTests.Question("q", CallSettings.Default, _time);

        Assert.Equal(typeof(MeteredChatClient), client.GetStreamingResponseAsync(messages, options).GetType().DeclaringType);
    }

    private async Task ClaimElsewhereAsync(StoredAnswers store, TimeSpan span)
    {
        var (messages, options, call) = CachedChatClientTests.Question("q", new CallSettings { Key = "k" }, _time);
        Assert.IsType<KeyClaim.Taken>(await store.ClaimAsync(CacheKeys.OfIdempotencyKey("k"), CacheKeys.OfWhatCanBe(Model, messages, options, call.Settings), _time.GetUtcNow() + span, CancellationToken.None));
    }

    /// <summary>Moves the clock once everybody waits for it.</summary>
    private async Task StepAsync(TimeSpan by)
    {
        await Task.Delay(5);
        _time.Advance(by);
    }

    private MeteredChatClient Metered(CountedClient inner) => new(new Deployment(Model), inner, _time);

    private (IdempotentChatClient Client, CountedClient Inner, AnswerCache Cache) Given(CountedClient inner, IAnswerStore? store = null)
    {
        var cache = new AnswerCache(CacheSettings.Default, ChainParts.Alone with { SharedAnswers = store }, _time);
        return (new IdempotentChatClient(Model, Metered(inner), cache, CallLimits.Default), inner, cache);
    }

    private async Task<(string Text, ModelCall Call)> AskAsync(IChatClient client, string? key, string prompt = "q", Action<ChatOptions>? change = null)
    {
        var (messages, options, call) = CachedChatClientTests.Question(prompt, new CallSettings { Key = key }, _time, change);
        return ((await client.GetResponseAsync(messages, options)).Text, call);
    }
}
