using System.Globalization;

namespace CostMonitor.Core.Runs;

/// <summary>Names one logical run: its batch and its place in the batch's order, written <c>batch.000017</c>.</summary>
public readonly record struct RunId : IComparable<RunId>
{
    /// <param name="batch">The batch.</param>
    /// <param name="ordinal">0 to 999,999.</param>
    public RunId(BatchId batch, int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ordinal, MaxOrdinal);
        (Batch, Ordinal) = (batch, ordinal);
    }

    public const int MaxOrdinal = 999_999;

    public BatchId Batch { get; }

    public int Ordinal { get; }

    public static bool TryParse(string? text, out RunId id)
    {
        id = default;
        var dot = text?.LastIndexOf('.') ?? -1;
        if (text is null || dot < 1 || text.Length - dot != 7 || !BatchId.IsValid(text[..dot])) return false;
        if (!int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)) return false;
        id = new RunId(new BatchId(text[..dot]), ordinal);
        return true;
    }

    /// <exception cref="FormatException">The text is no run id.</exception>
    public static RunId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no run id: expected a batch id, a dot and six digits.");

    public int CompareTo(RunId other)
    {
        var byBatch = string.CompareOrdinal(Batch.ToString(), other.Batch.ToString());
        return byBatch != 0 ? byBatch : Ordinal.CompareTo(other.Ordinal);
    }

    public static bool operator <(RunId a, RunId b) => a.CompareTo(b) < 0;

    public static bool operator >(RunId a, RunId b) => a.CompareTo(b) > 0;

    public static bool operator <=(RunId a, RunId b) => a.CompareTo(b) <= 0;

    public static bool operator >=(RunId a, RunId b) => a.CompareTo(b) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Batch}.{Ordinal:D6}");
}
