using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace CostMonitor.Core.Alerts;

/// <summary>What an alert is told once about: however many see the same, it has the same key.</summary>
/// <param name="Scope">What it is about, as in <c>budget:team-search</c>, <c>model:openai:gpt-4o</c>; 1 to 300 characters without <c>/ \ # ? |</c>.</param>
/// <param name="Period">Of which period, or since when, as in <c>2026-11</c>, <c>20261121T093000Z</c>.</param>
/// <param name="Rule">What was crossed, as in <c>threshold-80</c>, <c>breaker-opened</c>.</param>
public readonly record struct AlertKey(string Scope, string Period, string Rule)
{
    private const char Mark = '~';

    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
        [.. "/\\#?|%~", .. Enumerable.Range(0x00, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Concat(Enumerable.Range(0xD800, 0x800)).Select(code => (char)code)]);

    /// <summary>Names the alert in addresses and table keys: <see cref="ToString"/>, with what these cannot hold written as <c>~</c> and four hex digits.</summary>
    public string Id => $"{Escape(Scope)}|{Escape(Period)}|{Escape(Rule)}";

    /// <summary>Reads an <see cref="Id"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? id, out AlertKey key)
    {
        key = default;
        if (id?.Split('|') is not [{ Length: > 0 } scope, { Length: > 0 } period, { Length: > 0 } rule]) return false;
        key = new AlertKey(Unescape(scope), Unescape(period), Unescape(rule));
        return key.Id == id;
    }

    /// <summary><c>scope|period|rule</c>.</summary>
    public override string ToString() => $"{Scope}|{Period}|{Rule}";

    private static string Escape(string? part)
    {
        if (part.AsSpan().IndexOfAny(Unsafe) < 0) return part ?? "";
        var text = new StringBuilder();
        foreach (var c in part ?? "")
        {
            if (Unsafe.Contains(c)) text.Append(CultureInfo.InvariantCulture, $"{Mark}{(int)c:X4}");
            else text.Append(c);
        }

        return text.ToString();
    }

    private static string Unescape(string part)
    {
        var text = new StringBuilder();
        for (var at = 0; at < part.Length; at++)
        {
            if (part[at] == Mark && at + 4 < part.Length
                && ushort.TryParse(part.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                text.Append((char)code);
                at += 4;
            }
            else
            {
                text.Append(part[at]);
            }
        }

        return text.ToString();
    }
}
