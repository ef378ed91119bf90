using System.Runtime.CompilerServices;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>Asks once for each idempotency key: a repeat gets the result that is known, or waits for the one that is under way.</summary>
/// <remarks>
/// Only an answer of text that came to its end is a result. A call that failed leaves its key free, and so does one that was answered with a
/// tool call, which cannot be given again. Processes that share answers see each other's calls: who asks under a key for which another one asks waits for its result.
/// </remarks>
public sealed class IdempotentChatClient : ChainLink
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(1); // between looks at another process's call

    private readonly ModelKey _model;
    private readonly AnswerCache _cache;
    private readonly CallLimits _limits;

    /// <param name="model">The model by the name that it is asked by, a part of the question.</param>
    /// <param name="inner">The client to ask.</param>
    /// <param name="cache">Shared by all models.</param>
    /// <param name="limits">For calls that bring none of their own: how long one waits for another with its key.</param>
    public IdempotentChatClient(ModelKey model, IChatClient inner, AnswerCache cache, CallLimits limits)
        : base(inner) => (_model, _cache, _limits) = (model, cache, limits);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = ModelCall.Ensure(ref options, _cache.Time);
        if (call.Settings.Key is not { } key) return InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken);
        call.KeepsText = true;
        return AnswerAsync(call, CacheKeys.OfIdempotencyKey(key), call.Keep(messages), options, cancellationToken);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> AnswerAsync(
        ModelCall call, CacheKey key, IReadOnlyList<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var question = CacheKeys.OfWhatCanBe(_model, messages, options, call.Settings);
        if (Same(_cache.FindResult(key), question) is { } known)
        {
            yield return _cache.Give(call, known, CacheSource.Idempotency);
            yield break;
        }

        var (flight, landed) = await _cache.Keys.JoinAsync(key, question, call.Left(call.Settings.Limits ?? _limits), cancellationToken);
        if (landed.Turn == FlightTurn.Leads) landed = await LookFurtherAsync(call, flight, key, question, cancellationToken);
        if (landed.Answer is { } result)
        {
            yield return _cache.Give(call, result, CacheSource.Idempotency);
            yield break;
        }

        if (landed.Turn != FlightTurn.Leads)
        {
            await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken)) yield return update;
            yield break;
        }

        await using var led = new LedStream(flight, new Asked(this, call, key, question, messages, options), cancellationToken);
        while (await led.MoveNextAsync()) yield return led.Current;
    }

    /// <summary>Looks where a leader looks for all who wait: in memory again, since a result may have come meanwhile, and at the other processes.</summary>
    private async ValueTask<Landed> LookFurtherAsync(ModelCall call, Flight flight, CacheKey key, CacheKey question, CancellationToken cancellationToken)
    {
        var isDone = false;
        try
        {
            var result = Same(_cache.FindResult(key) ?? await ResultOfOthersAsync(call, key, question, cancellationToken), question);
            isDone = true;
            if (result is null)
            {
                flight.OnFailed = () => _cache.GiveBack(key);
                return Landed.Leads;
            }

            flight.Land(Landed.With(result));
            return Landed.With(result);
        }
        finally
        {
            if (!isDone) flight.Fail();
        }
    }

    /// <summary>The result that another process has or comes to have; null once the key is this process's.</summary>
    private async ValueTask<CachedAnswer?> ResultOfOthersAsync(ModelCall call, CacheKey key, CacheKey question, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            var claim = await _cache.ClaimAsync(key, question, cancellationToken);
            if (claim is KeyClaim.Known(var result)) return result;
            if (claim is not KeyClaim.Busy(var other)) return null;
            if (other != question) throw InFlight.Reused();
            var left = call.Left(call.Settings.Limits ?? _limits);
            if (left == TimeSpan.Zero) throw InFlight.Late();
            await Task.Delay(pause < left ? pause : left, _cache.Time, cancellationToken);
        }
    }

    /// <exception cref="CallRefusedException">The result belongs to another question.</exception>
    private static CachedAnswer? Same(CachedAnswer? result, CacheKey question) => result is null || result.Question == question ? result : throw InFlight.Reused();

    private sealed class Asked(IdempotentChatClient client, ModelCall call, CacheKey key, CacheKey question, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
        : AnswerCollector(call)
    {
        public override IAsyncEnumerable<ChatResponseUpdate> Ask(CancellationToken stop) => client.InnerClient.GetStreamingResponseAsync(messages, options, stop);

        public override Landed Land()
        {
            var now = client._cache.Time.GetUtcNow();
            // An answer that is past its time is given in need, and is not what the call was for.
            if (Call.Cache is { IsStale: true } || ToAnswer(client._model, now) is not { FinishReason: not "content_filter" } answer)
            {
                client._cache.GiveBack(key);
                return Landed.Alone;
            }

            var result = answer with { Question = question, Stored = now };
            client._cache.KeepResult(key, result);
            return Landed.With(result);
        }
    }
}
