using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CostMonitor.Core.Alerts.Rules;

/// <summary>Writes the scopes of rules as parts of keys.</summary>
public static class RuleScope
{
    private const int Longest = 230;

    /// <summary>The scope in letters, digits and <c>- . _ : ~</c>: any other character is <c>~</c> and two hex digits of each UTF-8 byte, and of one that gets too long the end is its hash.</summary>
    public static string Escape(string scope)
    {
        var key = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(scope))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)':') key.Append((char)b);
            else key.Append(CultureInfo.InvariantCulture, $"~{b:X2}");
        }

        return key.Length <= Longest ? key.ToString() : $"{key.ToString(0, Longest - 33)}~~{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(scope)))[..31]}";
    }
}
