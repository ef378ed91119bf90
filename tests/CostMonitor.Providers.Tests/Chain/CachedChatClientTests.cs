using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

public sealed class CachedChatClientTests
{
    private static readonly ModelKey Model = new("openai", "gpt-4o");

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Ask_GivenTheSameQuestionTwice_CallsOnceAndSaysWhatWasSaved()
    {
        var (client, inner, cache) = Given(new CountedClient());

        var first = await AskAsync(client);
        _time.Advance(TimeSpan.FromMinutes(5));
        var second = await AskAsync(client);

        Assert.Equal(1, inner.Calls);
        Assert.Equal(("answer 1", null), (first.Text, first.Call.Cache));
        Assert.Equal("answer 1", second.Text);
        Assert.Equal((CacheSource.Memory, TimeSpan.FromMinutes(5), false), (second.Call.Cache?.Source, second.Call.Cache?.Age, second.Call.Cache?.IsStale));
        Assert.Equal((1000, 2000), (second.Call.Cache?.Tokens.Input, second.Call.Cache?.Tokens.Output));
        Assert.Null(second.Call.Attempt);
        Assert.Equal((2L, 1L, 0.5), (cache.Figures.Lookups, cache.Figures.MemoryHits, cache.Figures.HitRate));
        Assert.Equal(0.0225m, cache.Figures.Saved.Amount); // 1,000 at $2.50 and 2,000 at $10 a million
    }

    [Fact]
    public async Task Ask_GivenAHit_IsOneUpdateWithoutUsage()
    {
        var (client, _, _) = Given(new CountedClient { More = [new TextReasoningContent("thought")] });
        await AskAsync(client);

        var (messages, options, _) = Question("q", CallSettings.Default, _time);
        var updates = await client.GetStreamingResponseAsync(messages, options).ToListAsync();

        var update = Assert.Single(updates);
        Assert.Equal(("answer 1", ChatFinishReason.Stop, "gpt-4o"), (update.Text, update.FinishReason, update.ModelId));
        Assert.Equal("thought", Assert.IsType<TextReasoningContent>(update.Contents[0]).Text);
        Assert.DoesNotContain(update.Contents, c => c is UsageContent);
    }

    [Fact]
    public async Task Ask_GivenAnAnswerPastItsTime_CallsAgain()
    {
        var (client, inner, _) = Given(new CountedClient());
        await AskAsync(client);

        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        var before = await AskAsync(client);
        _time.Advance(TimeSpan.FromTicks(1));
        var after = await AskAsync(client);

        Assert.Equal(("answer 1", "answer 2"), (before.Text, after.Text));
        Assert.Equal(2, inner.Calls);
    }

    [Fact]
    public void Ask_GivenACallThatBypasses_IsTheInnerStreamItself()
    {
        var inner = new CountedClient();
        var (off, _, _) = Given(inner, settings: new CacheSettings { IsEnabled = false });
        var (on, _, cache) = Given(inner);
        var (messages, options, _) = Question("q", new CallSettings { BypassesCache = true }, _time);

        Assert.Equal(typeof(MeteredChatClient), on.GetStreamingResponseAsync(messages, options).GetType().DeclaringType);
        Assert.Equal(typeof(MeteredChatClient), off.GetStreamingResponseAsync(messages, options).GetType().DeclaringType);
        Assert.Equal(0, cache.Figures.Lookups);
    }

    [Theory]
    [InlineData("length")]
    [InlineData("content_filter")]
    [InlineData("tool_calls")]
    public async Task Ask_GivenAnAnswerThatDidNotEndOfItself_KeepsNothing(string reason)
    {
        var (client, inner, cache) = Given(new CountedClient { FinishReason = reason });

        await AskAsync(client);
        await AskAsync(client);

        Assert.Equal((2, 0), (inner.Calls, cache.Figures.Entries));
    }

    [Fact]
    public async Task Ask_GivenAnAnswerWithAToolCall_KeepsNothing()
    {
        var (client, inner, _) = Given(new CountedClient { More = [new FunctionCallContent("1", "f")] });

        await AskAsync(client);
        await AskAsync(client);

        Assert.Equal(2, inner.Calls);
    }

    [Fact]
    public async Task Ask_GivenAContract_KeepsOnlyWhatKeepsIt()
    {
        var json = OutputContract.Create(new ContractText("json", null, null, null, null, null), (part, fault) => Assert.Fail($"{part}: {fault}"));
        var (client, inner, _) = Given(new CountedClient { Text = call => call == 1 ? "no json" : $"[{call}]" });

        await AskAsync(client, new CallSettings { Contract = json });
        var second = await AskAsync(client, new CallSettings { Contract = json });
        var third = await AskAsync(client, new CallSettings { Contract = json });

        Assert.Equal((2, "[2]", "[2]"), (inner.Calls, second.Text, third.Text));
    }

    [Fact]
    public async Task Ask_GivenAnAnswerThatWasKeptWithoutAContract_DoesNotGiveItToACallWithOne()
    {
        var json = OutputContract.Create(new ContractText("json", null, null, null, null, null), (part, fault) => Assert.Fail($"{part}: {fault}"));
        var (client, inner, _) = Given(new CountedClient { Text = call => call == 1 ? "no json" : "[2]" });
        await AskAsync(client);

        var second = await AskAsync(client, new CallSettings { Contract = json });

        Assert.Equal((2, "[2]"), (inner.Calls, second.Text));
    }

    [Fact]
    public async Task Ask_GivenSomethingNoKeyCovers_CallsEachTime()
    {
        var (client, inner, cache) = Given(new CountedClient());

        await AskAsync(client, change: o => o.ConversationId = "c");
        await AskAsync(client, change: o => o.ConversationId = "c");

        Assert.Equal((2, 0L, 2L), (inner.Calls, cache.Figures.Lookups, cache.Figures.NotCacheable));
    }

    [Fact]
    public async Task Ask_GivenAHundredEqualCallsAtOnce_CallsOnce()
    {
        var go = new TaskCompletionSource();
        var (client, inner, cache) = Given(new CountedClient { Before = (_, _) => go.Task });

        var all = Enumerable.Range(0, 100).Select(_ => Task.Run(() => AskAsync(client))).ToArray();
        await UntilAsync(() => cache.Figures.Lookups == 100);
        go.SetResult();
        var answers = await Task.WhenAll(all);

        Assert.Equal(1, inner.Calls);
        Assert.All(answers, a => Assert.Equal("answer 1", a.Text));
        Assert.Equal(99, answers.Count(a => a.Call.Cache is not null));
        Assert.Equal(99, cache.Figures.InFlightHits + cache.Figures.MemoryHits);
    }

    [Fact]
    public async Task Ask_GivenALeaderThatFails_LetsTheNextLeadAndTheOthersWait()
    {
        var go = new TaskCompletionSource();
        var (client, inner, cache) = Given(new CountedClient
        {
            Before = async (call, _) =>
            {
                await go.Task;
                if (call <= 2) throw new InvalidOperationException("down");
            },
        });

        var all = new List<Task<(string Text, ModelCall Call)>>();
        for (var i = 0; i < 10; i++) all.Add(AskAsync(client)); // in their order
        go.SetResult();
        await Task.WhenAll(all.Select(async t => await Record.ExceptionAsync(() => t)));

        Assert.Equal(3, inner.Calls);
        Assert.Equal(2, all.Count(t => t.IsFaulted));
        Assert.All(all.Skip(2), t => Assert.True(t.IsCompletedSuccessfully));
        Assert.Equal(7, cache.Figures.InFlightHits);
    }

    [Fact]
    public async Task Ask_GivenALeaderWhoseCallerGoesWhileOthersWait_ReadsOnForThem()
    {
        var go = new TaskCompletionSource();
        var (client, inner, _) = Given(new CountedClient { Between = (_, stop) => go.Task.WaitAsync(stop) });
        using var gone = new CancellationTokenSource();

        var leader = AskAsync(client, cancellationToken: gone.Token);
        var follower = AskAsync(client);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader); // at once, though the stream has not moved
        Assert.False(follower.IsCompleted);
        go.SetResult();
        var answer = await follower;

        Assert.Equal(("answer 1", CacheSource.InFlight), (answer.Text, answer.Call.Cache?.Source));
        Assert.Equal((1, 1, 0), (inner.Calls, inner.Ended, inner.Cancelled));
    }

    [Fact]
    public async Task Ask_GivenALeaderWhoStopsReadingWhileOthersWait_ReadsOnForThem()
    {
        var (client, inner, _) = Given(new CountedClient());
        var (messages, options, _) = Question("q", CallSettings.Default, _time);
        var leader = client.GetStreamingResponseAsync(messages, options).GetAsyncEnumerator();
        await leader.MoveNextAsync();
        var follower = AskAsync(client);

        await leader.DisposeAsync();

        Assert.Equal("answer 1", (await follower).Text);
        Assert.Equal((1, 1), (inner.Calls, inner.Ended));
    }

    [Fact]
    public async Task Ask_GivenALeaderWhoseCallerGoesAlone_CancelsTheCall()
    {
        var (client, inner, _) = Given(new CountedClient { Between = (_, stop) => Task.Delay(Timeout.Infinite, stop) });
        using var gone = new CancellationTokenSource();

        var leader = AskAsync(client, cancellationToken: gone.Token);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        Assert.Equal((1, 0, 1), (inner.Calls, inner.Ended, inner.Cancelled));
    }

    [Fact]
    public async Task Ask_GivenThatAllGoAfterTheLeader_CancelsTheCall()
    {
        var (client, inner, _) = Given(new CountedClient { Between = (call, stop) => call == 1 ? Task.Delay(Timeout.Infinite, stop) : Task.CompletedTask });
        using var gone = new CancellationTokenSource();
        using var goneToo = new CancellationTokenSource();
        var (leader, follower) = (AskAsync(client, cancellationToken: gone.Token), AskAsync(client, cancellationToken: goneToo.Token));

        await gone.CancelAsync();
        var cancelledBefore = inner.Cancelled;
        await goneToo.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(leader, follower));
        await UntilAsync(() => inner.Cancelled == 1);

        Assert.Equal((0, 0), (cancelledBefore, inner.Ended));
        Assert.Equal("answer 2", (await AskAsync(client)).Text);
    }

    [Fact]
    public async Task Ask_GivenAFollowerWhoseTimeIsOver_FailsAndLeavesTheOthers()
    {
        var go = new TaskCompletionSource();
        var (client, _, _) = Given(new CountedClient { Between = (_, _) => go.Task });
        var limits = CallLimits.Default with { Total = TimeSpan.FromSeconds(2) };
        var leader = AskAsync(client);
        var hasty = AskAsync(client, new CallSettings { Limits = limits });
        var patient = AskAsync(client);

        _time.Advance(TimeSpan.FromSeconds(2));
        var failure = await Assert.ThrowsAsync<ModelCallException>(() => hasty);
        go.SetResult();

        Assert.Equal("deadline", failure.ErrorType);
        Assert.Equal(("answer 1", "answer 1"), ((await leader).Text, (await patient).Text));
    }

    [Fact]
    public async Task Ask_GivenAnAnswerThatCannotBeShared_LetsAllAskForThemselves()
    {
        var go = new TaskCompletionSource();
        var (client, inner, _) = Given(new CountedClient { FinishReason = "length", Before = (call, _) => call == 1 ? go.Task : Task.CompletedTask });

        var all = Enumerable.Range(0, 5).Select(_ => AskAsync(client)).ToArray();
        go.SetResult();
        await Task.WhenAll(all);

        Assert.Equal((5, 5), (inner.Calls, inner.Ended));
    }

    [Theory]
    [InlineData(RefusalReason.AllDown)]
    [InlineData(RefusalReason.BreakerOpen)]
    [InlineData(RefusalReason.CachedOnly)]
    public async Task Ask_GivenThatAllIsDown_GivesAStaleAnswerAndSaysSo(RefusalReason reason)
    {
        var (client, _, cache) = Given(new CountedClient { Before = (call, _) => call == 1 ? Task.CompletedTask : throw new CallRefusedException(reason, "down") });
        await AskAsync(client);

        _time.Advance(TimeSpan.FromHours(20));
        var stale = await AskAsync(client);
        _time.Advance(TimeSpan.FromHours(5)); // 25 hours: one of its own and 24 of grace
        var failure = await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync(client));

        Assert.Equal(("answer 1", true, TimeSpan.FromHours(20)), (stale.Text, stale.Call.Cache?.IsStale, stale.Call.Cache?.Age));
        Assert.Equal(reason, failure.Reason);
        Assert.Equal(1, cache.Figures.StaleHits);
    }

    [Fact]
    public async Task Ask_GivenAnotherRefusal_GivesNoStaleAnswer()
    {
        var (client, _, _) = Given(new CountedClient { Before = (call, _) => call == 1 ? Task.CompletedTask : throw new CallRefusedException(RefusalReason.LimiterFull, "full") });
        await AskAsync(client);
        _time.Advance(TimeSpan.FromHours(2));

        await Assert.ThrowsAsync<CallRefusedException>(() => AskAsync(client));
    }

    [Fact]
    public async Task Ask_GivenAnAnswerOfAnotherProcess_TakesItFromTheSharedCache()
    {
        var store = new StoredAnswers(_time);
        var (first, _, firstCache) = Given(new CountedClient(), store);
        var (second, inner, secondCache) = Given(new CountedClient(), store);
        await AskAsync(first);
        await firstCache.FlushAsync(CancellationToken.None);

        var shared = await AskAsync(second);
        var remembered = await AskAsync(second);

        Assert.Equal(0, inner.Calls);
        Assert.Equal((CacheSource.Shared, CacheSource.Memory), (shared.Call.Cache?.Source, remembered.Call.Cache?.Source));
        Assert.Equal((1L, 1L), (secondCache.Figures.SharedHits, secondCache.Figures.MemoryHits));
    }

    [Fact]
    public async Task Ask_GivenASharedCacheThatFails_CallsAndReportsOnceAMinute()
    {
        var reported = new List<Exception>();
        var store = new StoredAnswers(_time) { Before = _ => throw new InvalidOperationException("no storage") };
        var (client, inner, cache) = Given(new CountedClient(), store, onFailure: reported.Add);

        await AskAsync(client, prompt: "a");
        await AskAsync(client, prompt: "b");
        await cache.FlushAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(1));
        await AskAsync(client, prompt: "c");
        await cache.FlushAsync(CancellationToken.None);

        Assert.Equal((3, 7L, 2), (inner.Calls, cache.Figures.StoreFailures, reported.Count)); // each call reads and writes, and the last one looks what others cleared
    }

    [Fact]
    public async Task Ask_GivenASharedCacheThatHangs_CallsAfterAQuarterOfASecond()
    {
        var store = new StoredAnswers(_time) { Before = stop => Task.Delay(Timeout.Infinite, stop) };
        var (client, inner, _) = Given(new CountedClient(), store);

        var asked = AskAsync(client);
        _time.Advance(TimeSpan.FromMilliseconds(249));
        var before = inner.Calls;
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await asked;

        Assert.Equal((0, 1), (before, inner.Calls));
    }

    [Fact]
    public async Task Clear_GivenAPromptVersion_RemovesItsAnswersAndNoOthers()
    {
        var store = new StoredAnswers(_time);
        var (client, inner, cache) = Given(new CountedClient(), store);
        foreach (var version in new[] { "1", "2" }) await AskAsync(client, new CallSettings { PromptVersion = version });

        var cleared = await cache.ClearAsync(new AnswerFilter.OfPromptVersion("1"), CancellationToken.None);
        await AskAsync(client, new CallSettings { PromptVersion = "2" });
        await AskAsync(client, new CallSettings { PromptVersion = "1" });

        Assert.Equal((1, 1), cleared);
        Assert.Equal(3, inner.Calls);
    }

    [Fact]
    public async Task Ask_GivenAnswersThatAnotherProcessCleared_ForgetsThemWithinHalfAMinute()
    {
        var store = new StoredAnswers(_time);
        var (client, inner, cache) = Given(new CountedClient(), store);
        var (_, _, other) = Given(new CountedClient(), store);
        foreach (var version in new[] { "1", "2" }) await AskAsync(client, new CallSettings { PromptVersion = version });
        await cache.FlushAsync(CancellationToken.None);

        await other.ClearAsync(new AnswerFilter.OfPromptVersion("1"), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(29));
        var early = await AskAsync(client, new CallSettings { PromptVersion = "1" });
        _time.Advance(TimeSpan.FromSeconds(1));
        var late = await AskAsync(client, new CallSettings { PromptVersion = "1" });
        var untouched = await AskAsync(client, new CallSettings { PromptVersion = "2" });
        await cache.FlushAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(30));
        var fresh = await AskAsync(client, new CallSettings { PromptVersion = "1" }); // newer than the clearing, which is read once more

        Assert.Equal((CacheSource.Memory, null, CacheSource.Memory, CacheSource.Memory), (early.Call.Cache?.Source, late.Call.Cache?.Source, untouched.Call.Cache?.Source, fresh.Call.Cache?.Source));
        Assert.Equal((3, 2), (inner.Calls, store.Looks));
    }

    [Fact]
    public async Task Ask_GivenAProcessThatRestedForADay_ForgetsAllThatItHad()
    {
        var store = new StoredAnswers(_time);
        var (client, inner, cache) = Given(new CountedClient(), store, new CacheSettings { TimeToLive = TimeSpan.FromDays(30) });
        await AskAsync(client);
        await cache.FlushAsync(CancellationToken.None);
        await store.ClearAsync(new AnswerFilter.All(), CancellationToken.None);

        _time.Advance(TimeSpan.FromHours(24)); // what was cleared then is kept no longer
        await AskAsync(client);

        Assert.Equal(2, inner.Calls);
    }

    [Fact]
    public async Task Ask_GivenClearingsThatCannotBeRead_AnswersFromMemoryAndLooksAgain()
    {
        var store = new StoredAnswers(_time);
        var (client, inner, cache) = Given(new CountedClient(), store);
        await AskAsync(client);
        await cache.FlushAsync(CancellationToken.None);
        await store.ClearAsync(new AnswerFilter.All(), CancellationToken.None);

        store.Before = _ => throw new InvalidOperationException("no storage");
        _time.Advance(TimeSpan.FromSeconds(30));
        var blind = await AskAsync(client);
        store.Before = _ => Task.CompletedTask;
        _time.Advance(TimeSpan.FromSeconds(30));
        var seeing = await AskAsync(client);

        Assert.Equal((CacheSource.Memory, null, 2), (blind.Call.Cache?.Source, seeing.Call.Cache?.Source, inner.Calls));
    }

    [Fact]
    public async Task Ask_GivenANearMatch_GivesItOnlyWhenThatIsOn()
    {
        var (off, offInner, _) = Given(new CountedClient());
        var (on, onInner, cache) = Given(new CountedClient(), settings: new CacheSettings { UsesNearMatch = true });
        foreach (var client in new[] { off, on })
        {
            await AskAsync(client, prompt: "Name a town.");
            await AskAsync(client, prompt: "name  a TOWN");
        }

        Assert.Equal((2, 1, 1L), (offInner.Calls, onInner.Calls, cache.Figures.NearHits));
    }

    [Fact]
    public async Task CompleteAsync_GivenAHit_IsAnOutcomeWithoutAttemptTimeOrUsage()
    {
        var (client, _, _) = Given(new CountedClient());
        var completion = new MeteredCompletionClient(new Deployment(Model), client, _time);
        var request = Tests.Given.Request(Model) with { UsesCache = true };

        await completion.CompleteAsync(request, CancellationToken.None);
        var outcome = Assert.IsType<Core.Runs.RunOutcome.Succeeded>(await completion.CompleteAsync(request, CancellationToken.None));

        Assert.Equal(("answer 1", "stop", "gpt-4o"), (outcome.Text, outcome.FinishReason, outcome.AnsweredBy));
        Assert.Equal((null, TimeSpan.Zero, 0), (outcome.Usage, outcome.Timings.EndToEnd, outcome.Path.Attempts.Count));
        Assert.Equal(CacheSource.Memory, outcome.Path.Cache?.Source);
    }

    internal static (ChatMessage[] Messages, ChatOptions? Options, ModelCall Call) Question(string prompt, CallSettings settings, TimeProvider time, Action<ChatOptions>? change = null)
    {
        ChatOptions? options = new();
        change?.Invoke(options);
        options = ModelCall.With(options, settings);
        var call = ModelCall.Ensure(ref options, time);
        return ([new ChatMessage(ChatRole.User, prompt)], options, call);
    }

    internal static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private (CachedChatClient Client, CountedClient Inner, AnswerCache Cache) Given(
        CountedClient inner, IAnswerStore? store = null, CacheSettings? settings = null, Action<Exception>? onFailure = null)
    {
        var cache = new AnswerCache(settings ?? CacheSettings.Default, ChainParts.Alone with { SharedAnswers = store, OnSharedAnswersFailed = onFailure }, _time);
        return (new CachedChatClient(Model, new MeteredChatClient(new Deployment(Model), inner, _time), cache, CallLimits.Default), inner, cache);
    }

    private async Task<(string Text, ModelCall Call)> AskAsync(
        IChatClient client, CallSettings? settings = null, string prompt = "q", Action<ChatOptions>? change = null, CancellationToken cancellationToken = default)
    {
        var (messages, options, call) = Question(prompt, settings ?? CallSettings.Default, _time, change);
        return ((await client.GetResponseAsync(messages, options, cancellationToken)).Text, call);
    }
}
