using System.Runtime.CompilerServices;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>Answers a question that was answered before without asking again: from memory, from the cache that all processes share, or from an equal call under way.</summary>
/// <remarks>
/// Only an answer of text that ended of itself, and that keeps the call's contract, is kept. When every deployment is down, or the budget is used up, an answer that is
/// past its time is given, and says so.
/// </remarks>
public sealed class CachedChatClient : ChainLink
{
    private readonly ModelKey _model;
    private readonly AnswerCache _cache;
    private readonly CallLimits _limits;

    /// <param name="model">The model by the name that it is asked by, a part of the key.</param>
    /// <param name="inner">The client to ask.</param>
    /// <param name="cache">Shared by all models.</param>
    /// <param name="limits">For calls that bring none of their own: how long one waits for an equal one.</param>
    public CachedChatClient(ModelKey model, IChatClient inner, AnswerCache cache, CallLimits limits)
        : base(inner) => (_model, _cache, _limits) = (model, cache, limits);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (!_cache.Settings.IsEnabled) return InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken);
        var call = ModelCall.Ensure(ref options, _cache.Time);
        if (call.Settings.BypassesCache) return InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken);
        var kept = call.Keep(messages);
        call.KeepsText = true;
        if (CacheKeys.Of(_model, kept, options, call.Settings) is { } key) return AnswerAsync(call, key, kept, options, cancellationToken);
        _cache.CouldNotBeCached();
        return InnerClient.GetStreamingResponseAsync(kept, options, cancellationToken);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> AnswerAsync(
        ModelCall call, CacheKey key, IReadOnlyList<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _cache.LookedUp();
        await _cache.HearOfClearingsAsync();
        var factor = _cache.FactorOf(_model, call.Settings);
        if (Fitting(call, _cache.Find(key, factor)) is { } known)
        {
            yield return _cache.Give(call, known, CacheSource.Memory);
            yield break;
        }

        var near = _cache.Settings.UsesNearMatch ? CacheKeys.NearOf(_model, messages, options, call.Settings) : null;
        if (near is { } nearKey && Fitting(call, _cache.Find(nearKey, factor)) is { } alike)
        {
            yield return _cache.Give(call, alike, CacheSource.Memory, isNear: true);
            yield break;
        }

        var (flight, landed) = await _cache.Questions.JoinAsync(key, key, call.Left(call.Settings.Limits ?? _limits), cancellationToken);
        var isNear = false;
        if (landed.Turn == FlightTurn.Leads) (landed, isNear) = await LookFurtherAsync(flight, call, key, near, factor, cancellationToken);
        if (Fitting(call, landed.Answer) is { } found)
        {
            yield return _cache.Give(call, found, landed.Source, landed.IsStale, isNear);
            yield break;
        }

        if (landed.Turn != FlightTurn.Leads)
        {
            await foreach (var update in InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken)) yield return update;
            yield break;
        }

        await using var led = new LedStream(flight, new Asked(this, call, key, near, messages, options), cancellationToken);
        while (true)
        {
            CachedAnswer? stale = null;
            try
            {
                if (!await led.MoveNextAsync()) break;
            }
            catch (CallRefusedException e) when (IsDown(e) && (stale = Fitting(call, _cache.FindStale(key))) is not null)
            {
                led.Settle(Landed.With(stale, CacheSource.Memory, isStale: true));
            }

            if (stale is null)
            {
                yield return led.Current;
                continue;
            }

            yield return _cache.Give(call, stale, CacheSource.Memory, isStale: true);
            yield break;
        }
    }

    /// <summary>Looks where a leader looks for all who wait: in memory again, since an answer may have come meanwhile, and in the shared cache.</summary>
    private async ValueTask<(Landed Landed, bool IsNear)> LookFurtherAsync(Flight flight, ModelCall call, CacheKey key, CacheKey? near, double factor, CancellationToken cancellationToken)
    {
        var isDone = false;
        try
        {
            var (answer, source, isNear) = (Fitting(call, _cache.Find(key, factor)), CacheSource.Memory, false);
            if (answer is null) (answer, source) = (Fitting(call, await _cache.FindSharedAsync(key, factor, cancellationToken)), CacheSource.Shared);
            if (answer is null && near is { } nearKey) (answer, isNear) = (Fitting(call, await _cache.FindSharedAsync(nearKey, factor, cancellationToken)), true);
            isDone = true;
            if (answer is null) return (Landed.Leads, false);
            flight.Land(Landed.With(answer, source));
            return (Landed.With(answer, source), isNear);
        }
        finally
        {
            if (!isDone) flight.Fail();
        }
    }

    /// <summary>The answer, if it keeps the contract of the call.</summary>
    private static CachedAnswer? Fitting(ModelCall call, CachedAnswer? answer) =>
        answer is null || call.Settings.Contract is not { } contract || contract.Check(answer.Text, answer.FinishReason).All(static c => c.Passed || !c.Gates) ? answer : null;

    private static bool IsDown(CallRefusedException e) => e.Reason is RefusalReason.AllDown or RefusalReason.BreakerOpen or RefusalReason.CachedOnly
        or RefusalReason.BudgetExhausted or RefusalReason.Throttled;

    private sealed class Asked(CachedChatClient client, ModelCall call, CacheKey key, CacheKey? near, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
        : AnswerCollector(call)
    {
        public override IAsyncEnumerable<ChatResponseUpdate> Ask(CancellationToken stop) => client.InnerClient.GetStreamingResponseAsync(messages, options, stop);

        /// <summary>Keeps a complete answer if it may be given again, and shares it with those who wait.</summary>
        public override Landed Land()
        {
            if (Call.IsLowered || ToAnswer(client._model, client._cache.Time.GetUtcNow()) is not { FinishReason: null or "stop" } answer || Fitting(Call, answer) is null) return Landed.Alone;
            client._cache.Keep(key, answer);
            if (near is { } nearKey) client._cache.Keep(nearKey, answer);
            return Landed.With(answer);
        }
    }
}
