using CostMonitor.Core.Calling.Caching;

namespace CostMonitor.Providers.Chain;

/// <summary>Forgets in this process's memory what other processes were asked to clear. It looks when a question is asked, so that an idle process reads nothing.</summary>
internal sealed class ClearingWatch(SharedAnswers shared, AnswerMemory memory, TimeProvider time)
{
    /// <summary>The longest that an answer is given after it was cleared elsewhere, unless the shared cache cannot be read.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5); // an answer that seems a little newer than its clearing may be older
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1); // a clearing that was noted late is seen at the next look: to carry one out twice does no harm

    private readonly Lock _gate = new();
    private DateTimeOffset _looked = time.GetUtcNow();
    private long _next = time.GetTimestamp() + Ticks(Every, time);

    /// <summary>Done at once while the last look is recent.</summary>
    public ValueTask LookAsync()
    {
        if (!shared.IsThere) return ValueTask.CompletedTask;
        var now = time.GetTimestamp();
        if (now < Volatile.Read(ref _next)) return ValueTask.CompletedTask;
        lock (_gate)
        {
            if (now < _next) return ValueTask.CompletedTask; // somebody looks just now
            Volatile.Write(ref _next, now + Ticks(Every, time));
            return new ValueTask(ReadAsync(_looked));
        }
    }

    private async Task ReadAsync(DateTimeOffset before)
    {
        var now = time.GetUtcNow();
        if (await shared.ClearingsAsync(before - Overlap) is not { } clearings) return; // the next look reads from there
        if (now - before > CacheClearing.KeptFor - Overlap) clearings = [new CacheClearing(now, new AnswerFilter.All())];
        foreach (var clearing in clearings) memory.Clear(clearing.Filter, clearing.At + Skew);
        lock (_gate) _looked = now;
    }

    private static long Ticks(TimeSpan span, TimeProvider time) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
