using System.Globalization;
using System.Text;

namespace CostMonitor.Cli.StandIn;

/// <summary>Text as Newtonsoft.Json writes it, which the host uses: its payloads are compared byte for byte in our tests.</summary>
internal static class NewtonsoftText
{
    /// <summary>The JSON string literal of <paramref name="text"/>; all but quotes, backslashes and controls stays as it is.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text) Append(quoted, c);
        return quoted.Append('"').ToString();
    }

    /// <summary>A DateTimeOffset, or a DateTime of local kind: UTC here, as on Linux in Azure.</summary>
    public static string Local(DateTimeOffset instant) =>
        instant.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    /// <summary>A DateTime of UTC kind.</summary>
    public static string Utc(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static void Append(StringBuilder quoted, char c)
    {
        switch (c)
        {
            case '"': quoted.Append("\\\""); break;
            case '\\': quoted.Append("\\\\"); break;
            case '\b': quoted.Append("\\b"); break;
            case '\f': quoted.Append("\\f"); break;
            case '\n': quoted.Append("\\n"); break;
            case '\r': quoted.Append("\\r"); break;
            case '\t': quoted.Append("\\t"); break;
            case < ' ' or '\u0085' or '\u2028' or '\u2029':
                quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                break;
            default: quoted.Append(c); break;
        }
    }
}
