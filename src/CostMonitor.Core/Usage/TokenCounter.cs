using System.Globalization;

namespace CostMonitor.Core.Usage;

/// <summary>Counts the tokens of a text that comes in pieces, to the same number as <see cref="TokenEstimator"/> counts for the whole of it. Its default has counted nothing.</summary>
public struct TokenCounter
{
    private const int CharactersPerToken = 4;

    private int _run;

    /// <summary>Tokens so far.</summary>
    public long Tokens { get; private set; }

    public void Add(ReadOnlySpan<char> piece)
    {
        foreach (var c in piece)
        {
            if (c < '\u2E80' && char.IsLetterOrDigit(c))
            {
                if (_run++ % CharactersPerToken == 0) Tokens++;
                continue;
            }

            _run = 0;
            if (!char.IsWhiteSpace(c) && !char.IsLowSurrogate(c) && char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark) Tokens++;
        }
    }
}
