using System.Globalization;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>What is asked for: which runs, and how their cost is to be found.</summary>
public sealed record RepricingRequest
{
    public required PriceChangeKind Kind { get; init; }

    /// <summary>The first start of a call, UTC; null for no limit.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The end of the period, exclusive; null for no limit.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Only the runs of this batch; null for all.</summary>
    public BatchId? Batch { get; init; }

    /// <summary>The price list whose rows are taken, whatever their days; null for the row of the call's day.</summary>
    public string? Label { get; init; }

    /// <summary>Another offer than the one that was called; null for the call's own.</summary>
    public Offer? As { get; init; }

    /// <summary>The change that is taken back; null unless <see cref="Kind"/> is Revert.</summary>
    public PriceChangeId? Reverts { get; init; }

    /// <summary>Whether the answer can only be looked at: a call was not made with another model.</summary>
    public bool IsPreviewOnly => As is not null;

    public bool Covers(RunRecord run) =>
        (From is not { } from || run.Started >= from) && (Before is not { } end || run.Started < end) && (Batch is not { } batch || run.Id.Batch == batch);

    /// <summary>For people: <c>reprice the calls from 2026-11-01T00:00:00Z to 2026-12-01T00:00:00Z under the label openai-2026-11</c>.</summary>
    public override string ToString() => string.Join(' ', Words());

    private IEnumerable<string> Words()
    {
        yield return Kind switch
        {
            PriceChangeKind.Fill => "fill in the unpriced calls",
            PriceChangeKind.Reprice => "reprice the calls",
            _ => $"revert {Reverts}",
        };
        if (Batch is { } batch) yield return $"of the batch {batch}";
        if (From is { } from) yield return $"from {Instant(from)}";
        if (Before is { } end) yield return $"to {Instant(end)}";
        if (Label is { } label) yield return $"under the label {label}";
        if (As is { } offer) yield return $"as {offer}";
    }

    private static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
