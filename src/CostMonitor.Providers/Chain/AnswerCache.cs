using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>The answers that a process has and may give again: those of the cache and those of idempotency keys. All models share one. Thread-safe.</summary>
public sealed class AnswerCache
{
    private readonly ChainParts _parts;
    private readonly TimeProvider _time;
    private readonly CacheTally _tally;
    private readonly AnswerMemory _answers, _results;
    private readonly SharedAnswers _shared;
    private readonly ClearingWatch _clearings;
    private readonly KeyClaims _claims;

    /// <param name="settings">Its bounds.</param>
    /// <param name="parts">The prices, and the cache that all processes share.</param>
    /// <param name="time">The clock of all ages.</param>
    public AnswerCache(CacheSettings settings, ChainParts parts, TimeProvider time)
    {
        (Settings, _parts, _time, _tally) = (settings, parts, time, new CacheTally(time));
        _answers = new AnswerMemory(settings.Entries, settings.Bytes, () => settings.TimeToLive * parts.Levers().CacheTtlFactor, CacheSettings.StaleFor, time);
        _results = new AnswerMemory(settings.Entries, settings.Bytes / 4, static () => CacheSettings.KeyLifetime, TimeSpan.Zero, time);
        _shared = new SharedAnswers(parts.SharedAnswers, _tally, parts.OnSharedAnswersFailed, time);
        _clearings = new ClearingWatch(_shared, _answers, time);
        _claims = new KeyClaims(parts.SharedAnswers, _shared.Failed, time);
        (Questions, Keys) = (new InFlight(time), new InFlight(time));
    }

    public CacheSettings Settings { get; }

    /// <summary>What it did since the start of the process.</summary>
    public CacheFigures Figures => _tally.Figures(_answers);

    /// <summary>The cache's questions under way.</summary>
    internal InFlight Questions { get; }

    /// <summary>The calls with an idempotency key under way.</summary>
    internal InFlight Keys { get; }

    internal TimeProvider Time => _time;

    /// <summary>Removes answers from this process's memory and from the shared cache at once, and from other processes' memories within half a minute.</summary>
    /// <returns>How many there were in memory, and in the shared cache.</returns>
    public async Task<(int Memory, int Shared)> ClearAsync(AnswerFilter filter, CancellationToken cancellationToken)
    {
        await _shared.FlushAsync(cancellationToken); // what is on its way must not come after the clearing
        var inMemory = _answers.Clear(filter, DateTimeOffset.MaxValue);
        var shared = await _shared.ClearAsync(filter, cancellationToken);
        return (inMemory + _answers.Clear(filter, DateTimeOffset.MaxValue), shared); // what was read from the shared cache meanwhile
    }

    /// <summary>Waits until the shared cache has all answers so far, and the idempotency keys of calls without a result are free: a process that may be frozen calls it before it rests.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => Task.WhenAll(_shared.FlushAsync(cancellationToken), _claims.FlushAsync(cancellationToken));

    internal void LookedUp() => _tally.LookedUp();

    internal void CouldNotBeCached() => _tally.CouldNotBeCached();

    /// <summary>How many times as long as usual a call takes answers as fresh: more than once while a budget that covers it throttles.</summary>
    internal double FactorOf(ModelKey model, CallSettings settings) =>
        settings.Priority != CallPriority.Critical && _parts.Ledger?.PressureOn(model, settings.Tags).Throttling is { } throttling ? throttling.CacheTtlFactor : 1;

    /// <summary>Forgets what other processes were asked to clear, if it is time to look.</summary>
    internal ValueTask HearOfClearingsAsync() => _clearings.LookAsync();

    /// <summary>The fresh answer in memory.</summary>
    internal CachedAnswer? Find(CacheKey key, double factor) => _answers.Find(key, factor);

    /// <summary>The fresh answer in the shared cache, which is then in memory too.</summary>
    internal async ValueTask<CachedAnswer?> FindSharedAsync(CacheKey key, double factor, CancellationToken cancellationToken)
    {
        if (!_shared.IsThere || await _shared.FindAsync(key, cancellationToken) is not { } answer) return null;
        _answers.Put(key, answer); // a stale one too: it may be needed
        return _answers.IsFresh(answer, factor) ? answer : null;
    }

    /// <summary>The answer in memory, whatever its age. One that the shared cache has was put there when the question was looked up.</summary>
    internal CachedAnswer? FindStale(CacheKey key) => _answers.FindStale(key);

    /// <summary>Keeps an answer here, and in the background in the shared cache.</summary>
    internal void Keep(CacheKey key, CachedAnswer answer)
    {
        _answers.Put(key, answer);
        _shared.Put(key, answer, answer.Stored + Settings.TimeToLive + CacheSettings.StaleFor);
    }

    /// <summary>The result of an idempotency key in memory.</summary>
    internal CachedAnswer? FindResult(CacheKey key) => _results.Find(key);

    /// <summary>Claims an idempotency key before all processes. A result that another process has is then in memory too.</summary>
    /// <returns>Null where that could not be found out: the call goes on.</returns>
    internal async ValueTask<KeyClaim?> ClaimAsync(CacheKey key, CacheKey question, CancellationToken cancellationToken)
    {
        var claim = await _claims.TakeAsync(key, question, cancellationToken);
        if (claim is KeyClaim.Known(var result)) _results.Put(key, result);
        return claim;
    }

    /// <summary>Leaves an idempotency key to the next call: this one has no result.</summary>
    internal void GiveBack(CacheKey key) => _claims.End(key, hasResult: false);

    /// <summary>Keeps the result of an idempotency key.</summary>
    internal void KeepResult(CacheKey key, CachedAnswer result)
    {
        _results.Put(key, result);
        _claims.End(key, hasResult: true);
        _shared.Put(key, result, result.Stored + CacheSettings.KeyLifetime);
    }

    /// <summary>Answers a call with an answer that was paid before.</summary>
    internal ChatResponseUpdate Give(ModelCall call, CachedAnswer answer, CacheSource source, bool isStale = false, bool isNear = false)
    {
        var now = _time.GetUtcNow();
        var hit = new CacheHit(source, now > answer.Stored ? now - answer.Stored : TimeSpan.Zero, answer.Tokens) { IsStale = isStale };
        (call.Cache, call.Answer) = (hit, answer);
        _tally.Hit(hit, isNear, _parts.Prices().CostOf(answer.BilledAs, answer.AnsweredBy, answer.Tokens, now));
        List<AIContent> contents = answer.Reasoning is { } reasoning ? [new TextReasoningContent(reasoning), new TextContent(answer.Text)] : [new TextContent(answer.Text)];
        return new ChatResponseUpdate(ChatRole.Assistant, contents)
        {
            FinishReason = answer.FinishReason is { } reason ? new ChatFinishReason(reason) : null,
            ModelId = answer.AnsweredBy,
        };
    }
}
