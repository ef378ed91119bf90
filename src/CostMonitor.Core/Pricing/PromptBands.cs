using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>Divides a prompt at the limits of its tiers, for prices that only the part above a limit is charged.</summary>
/// <remarks>
/// A cache holds the beginning of a prompt, so what was read from it comes first, then what was written to it, then the rest; what is
/// generated belongs to the first band.
/// </remarks>
internal static class PromptBands
{
    private static readonly TokenClass[] Order =
    [
        TokenClass.CachedInput, TokenClass.CachedImageInput, TokenClass.CachedAudioInput, TokenClass.CacheWriteOneHour, TokenClass.CacheWrite,
        TokenClass.Input, TokenClass.ImageInput, TokenClass.AudioInput,
    ];

    /// <param name="usage">The call.</param>
    /// <param name="limits">Ascending.</param>
    public static IEnumerable<(long Above, TokenUsage Tokens)> Split(TokenUsage usage, IReadOnlyList<long> limits)
    {
        for (var band = 0; band <= limits.Count; band++)
        {
            var (low, high) = (band == 0 ? 0 : limits[band - 1], band == limits.Count ? long.MaxValue : limits[band]);
            var part = TokenClasses.From(c => TokenClasses.IsPrompt(c) ? Between(usage, c, low, high) : band == 0 ? usage[c] : 0);
            if (part.Total > 0) yield return (low, part);
        }
    }

    /// <summary>How many tokens of a class lie between two positions of the prompt.</summary>
    private static long Between(TokenUsage usage, TokenClass tokenClass, long low, long high)
    {
        var start = Order.TakeWhile(c => c != tokenClass).Sum(c => usage[c]);
        return Math.Max(0, Math.Min(start + usage[tokenClass], high) - Math.Max(start, low));
    }
}
