namespace CostMonitor.Core.Calling.Limiting;

/// <summary>What may still be used of one limit. It refills evenly, and is kept as the moment at which it is or was empty: using something moves that on.</summary>
/// <remarks>All amounts are times: what it takes to refill them. The default is a bucket without a limit.</remarks>
internal struct RefillingBucket(TimeSpan now)
{
    /// <summary>How much of the limit can be used at once after a lull: what ten seconds refill.</summary>
    /// <remarks>Azure OpenAI checks requests over windows of 1 or 10 s (its "Manage quota", 2025-07-31); a minute sees at most 7/6 of the limit after a lull, and the limit itself under steady load.</remarks>
    public static readonly TimeSpan Depth = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MostCost = TimeSpan.FromDays(1); // keeps sums of absurd requests in range
    private TimeSpan _emptyAt = now - Depth;
    private double _ticksEach;

    public void Allow(long? perMinute) => _ticksEach = perMinute is { } limit ? (double)TimeSpan.TicksPerMinute / limit : 0;

    public readonly TimeSpan Cost(double amount) => TimeSpan.FromTicks((long)Math.Min(MostCost.Ticks, Math.Ceiling(amount * _ticksEach)));

    /// <summary>When something can be used, if nothing else is used before but what is ahead of it.</summary>
    /// <remarks>What costs more than the bucket holds goes when it is full, and leaves a debt.</remarks>
    public readonly TimeSpan FreeAt(TimeSpan ahead, TimeSpan cost, TimeSpan now) => Level(now) + ahead + (cost < Depth ? cost : Depth);

    public void Use(TimeSpan cost, TimeSpan now) => _emptyAt = Level(now) + cost;

    public void GiveBack(TimeSpan cost) => _emptyAt -= cost;

    /// <summary>Heeds that no more than this was left at some moment.</summary>
    public void Lower(long remaining, TimeSpan at)
    {
        var emptyAt = at - Cost(remaining);
        if (_ticksEach > 0 && emptyAt > _emptyAt) _emptyAt = emptyAt;
    }

    private readonly TimeSpan Level(TimeSpan now) => _emptyAt > now - Depth ? _emptyAt : now - Depth;
}
