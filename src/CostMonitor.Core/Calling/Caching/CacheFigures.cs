using System.Globalization;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Calling.Caching;

/// <summary>What the cache of one process did since its start.</summary>
public sealed record CacheFigures
{
    /// <summary>The time that the figures cover.</summary>
    public required TimeSpan Span { get; init; }

    /// <summary>Calls that could have had a cached answer.</summary>
    public required long Lookups { get; init; }

    /// <summary>Calls that may use the cache and hold something that no key covers, so that the cache had no part in them.</summary>
    public required long NotCacheable { get; init; }

    public required long MemoryHits { get; init; }

    public required long SharedHits { get; init; }

    /// <summary>Calls that got the answer of an equal one that was under way.</summary>
    public required long InFlightHits { get; init; }

    /// <summary>Hits whose answer was past its time and given because every deployment was down; they are part of the hits by source.</summary>
    public required long StaleHits { get; init; }

    /// <summary>Hits of a question that was not quite the same; they are part of the hits by source.</summary>
    public required long NearHits { get; init; }

    /// <summary>Calls that were answered by their idempotency key; no part of the lookups.</summary>
    public required long IdempotencyHits { get; init; }

    /// <summary>What all hits, those of idempotency keys among them, would have cost at the prices of their day, where a price is known.</summary>
    public required Usd Saved { get; init; }

    /// <summary>Hits that no price was known for: <see cref="Saved"/> is without them.</summary>
    public required long UnpricedHits { get; init; }

    /// <summary>Reads and writes of the shared cache that failed or took too long.</summary>
    public required long StoreFailures { get; init; }

    /// <summary>Answers in memory.</summary>
    public required int Entries { get; init; }

    /// <summary>What they take, roughly.</summary>
    public required long Bytes { get; init; }

    public long Hits => MemoryHits + SharedHits + InFlightHits;

    /// <summary>From 0 to 1; null before the first lookup.</summary>
    public double? HitRate => Lookups == 0 ? null : (double)Hits / Lookups;

    /// <summary>Lookups a day; of less than a day, those that were made.</summary>
    public double LookupsPerDay => Lookups / Math.Max(1, Span.TotalDays);

    /// <summary>The share of hits to expect: more than 30 % at 1,000 lookups a day, more than 50 % at 10,000; null below, where it says little.</summary>
    public double? TargetRate => LookupsPerDay switch { >= 10_000 => 0.5, >= 1_000 => 0.3, _ => null };

    /// <summary>How the rate stands to its target, for people; null if there is no target.</summary>
    public string? Remark => (TargetRate, HitRate) is ({ } target, { } rate)
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * rate:0.#} % of {LookupsPerDay:0} lookups a day were hits; {(rate > target ? "that is above" : "expected is more than")} the {100 * target:0} % for so many.")
        : null;
}
