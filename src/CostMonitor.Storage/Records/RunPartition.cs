using System.Globalization;
using System.Text;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Storage.Records;

/// <summary>The partition of the Runs table that holds one model's runs filed under one hour.</summary>
/// <remarks>
/// The hour is fixed once for each chunk, by its first claim or its slot, so that a redelivery writes to the same place.
/// Characters that keys must not hold are written as <c>~</c> and two hex digits of each UTF-8 byte.
/// </remarks>
internal static class RunPartition
{
    public static string Of(ModelKey model, string hour) => $"{Escape(model)}|{hour}";

    public static string Hour(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);

    public static string Escape(ModelKey model) => Escape(model.ToString());

    public static string Escape(string text)
    {
        var key = new StringBuilder();
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes()) // two chars make one sign beyond the first 65,536
        {
            if (rune.IsAscii && ((char)rune.Value is var c) && (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':')) key.Append(c);
            else foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) key.Append(CultureInfo.InvariantCulture, $"~{b:X2}");
        }

        return key.ToString();
    }
}
