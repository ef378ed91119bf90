using System.Globalization;

namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>Names one change of stored costs: when it began and a number, written <c>c20261121t093000a1b2c3d4</c>.</summary>
public readonly record struct PriceChangeId
{
    private const string Format = "yyyyMMdd't'HHmmss";
    private const int Length = 24;

    private readonly string? _value;

    /// <param name="at">When the change began; whole seconds of it are kept.</param>
    /// <param name="number">Tells changes of one second apart.</param>
    public PriceChangeId(DateTimeOffset at, uint number) =>
        _value = string.Create(CultureInfo.InvariantCulture, $"c{at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}{number:x8}");

    private PriceChangeId(string value) => _value = value;

    /// <summary>A fresh id.</summary>
    public static PriceChangeId New(DateTimeOffset at) => new(at, BitConverter.ToUInt32(Guid.NewGuid().ToByteArray()));

    public static bool TryParse(string? text, out PriceChangeId id)
    {
        id = default;
        if (text is not { Length: Length } || text[0] != 'c' || !IsLowerHex(text.AsSpan(16))) return false;
        if (!DateTime.TryParseExact(text.AsSpan(1, 15), Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return false;
        id = new PriceChangeId(text);
        return true;
    }

    /// <exception cref="FormatException">The text is no id of a change.</exception>
    public static PriceChangeId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is no id of a price change: expected c, the time and 8 hex digits, as in c20261121t093000a1b2c3d4.");

    public override string ToString() => _value ?? "";

    private static bool IsLowerHex(ReadOnlySpan<char> digits)
    {
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigitLower(c)) return false;
        }

        return true;
    }
}
