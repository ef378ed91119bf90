using System.Globalization;

namespace CostMonitor.Core.Pricing.Import;

/// <summary>Reads the figures of a source by their text: never through a binary fraction, never rounded.</summary>
internal static class ExactFigure
{
    private const int MostDigits = 28; // what a decimal holds exactly

    /// <summary>The number times ten to some power, without trailing zeros.</summary>
    /// <param name="text">A JSON number, as in <c>1.5e-07</c>.</param>
    /// <param name="shift">The power of ten: 6 turns a price per token into one per million tokens.</param>
    /// <param name="figure">The number.</param>
    /// <returns>False if a decimal cannot hold it exactly.</returns>
    public static bool TryRead(string text, int shift, out decimal figure)
    {
        figure = 0;
        var parts = text.Split('e', 'E');
        if (!int.TryParse(parts.Length > 1 ? parts[1] : "0", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)) return false;
        var (mantissa, power) = (parts[0].TrimEnd(), (long)exponent + shift);
        var digits = mantissa.Where(char.IsAsciiDigit).ToArray().AsSpan().TrimStart('0');
        var decimals = mantissa.Length - 1 - (mantissa.IndexOf('.', StringComparison.Ordinal) is var point and >= 0 ? point : mantissa.Length - 1);
        if (digits.Length == 0) return true;
        var significant = digits.TrimEnd('0').Length;
        var scale = decimals - power - (digits.Length - significant);
        if (significant > MostDigits || scale > MostDigits || significant - scale > MostDigits) return false;
        if (!decimal.TryParse($"{mantissa}e{power}", NumberStyles.Float, CultureInfo.InvariantCulture, out figure)) return false;
        figure /= 1.0000000000000000000000000000m;
        return true;
    }
}
