namespace CostMonitor.Core.Runs;

/// <summary>Counts over an answer's text: enough to recompute the diversity proxy when the text itself is not kept.</summary>
/// <param name="Characters">UTF-16 code units.</param>
/// <param name="Words">Runs of letters, digits and apostrophes.</param>
/// <param name="DistinctWords">Different words, case ignored.</param>
public readonly record struct TextFigures(int Characters, int Words, int DistinctWords)
{
    /// <summary>The length, in characters, from which on the proxy counts an answer as long: the top of the classic range of 100 to 2000.</summary>
    public const int LongAnswer = 2000;

    /// <summary>
    /// The mean of the type-token ratio and of the length as a share of <see cref="LongAnswer"/> (at most 1); null for a text without words.
    /// It measures variety and length, not truth: varied nonsense scores high. Never alert on it alone.
    /// </summary>
    public double? DiversityProxy =>
        Words == 0 ? null : ((double)DistinctWords / Words + Math.Min(1.0, (double)Characters / LongAnswer)) / 2;

    public static TextFigures Of(string text)
    {
        var distinct = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var lookup = distinct.GetAlternateLookup<ReadOnlySpan<char>>();
        var (words, start) = (0, -1);
        for (var i = 0; i <= text.Length; i++)
        {
            var inWord = i < text.Length && (char.IsLetterOrDigit(text[i]) || (text[i] is '\'' or '’' && start >= 0));
            if (inWord && start < 0) start = i;
            if (inWord || start < 0) continue;
            words++;
            lookup.Add(text.AsSpan(start, i - start));
            start = -1;
        }

        return new TextFigures(text.Length, words, distinct.Count);
    }
}
