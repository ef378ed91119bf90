using System.Buffers;
using System.Globalization;

namespace CostMonitor.Core.Input;

/// <summary>Finds halves of surrogate pairs, which JSON's grammar lets pass and every reader of its texts throws at.</summary>
/// <remarks>RFC 8259, 8.2: what a receiver makes of them is unpredictable. They are refused here, as RFC 7493 (I-JSON) does.</remarks>
internal static class SurrogatePairs
{
    private static readonly SearchValues<char> Suspects =
        SearchValues.Create([.. Enumerable.Range(char.MinValue, char.MaxValue).Select(c => (char)c).Where(c => c == '\\' || char.IsSurrogate(c))]);

    /// <param name="json">JSON, in which a half may be written as itself or as an escape.</param>
    /// <returns>Where the first half stands; -1 if there is none.</returns>
    public static int IndexOfHalf(ReadOnlySpan<char> json)
    {
        var high = -1;
        for (var at = 0; at < json.Length;)
        {
            if (high < 0 && json[at..].IndexOfAny(Suspects) is var skipped and not 0)
            {
                if (skipped < 0) return -1;
                at += skipped;
            }

            var (unit, length) = Unit(json[at..]);
            if (high >= 0 != char.IsLowSurrogate(unit)) return high >= 0 ? high : at;
            high = char.IsHighSurrogate(unit) ? at : -1;
            at += length;
        }

        return high;
    }

    private static (char Unit, int Length) Unit(ReadOnlySpan<char> json) => json switch
    {
        ['\\', 'u', _, _, _, _, ..] when ushort.TryParse(json[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) =>
            ((char)unit, 6),
        ['\\', _, ..] => ('\\', 2),
        _ => (json[0], 1),
    };
}
