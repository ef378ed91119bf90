using System.Globalization;
using System.Net.Http.Headers;

namespace CostMonitor.Providers.Wire;

/// <summary>How long an answer asks to wait: milliseconds where the provider gives them, else <c>Retry-After</c>.</summary>
internal static class RetryHint
{
    private static readonly string[] InMilliseconds = ["retry-after-ms", "x-ms-retry-after-ms"];

    public static TimeSpan? Of(HttpResponseHeaders headers)
    {
        foreach (var name in InMilliseconds)
        {
            if (headers.TryGetValues(name, out var values)
                && double.TryParse(values.First(), NumberStyles.Float, CultureInfo.InvariantCulture, out var ms)
                && ms is >= 0 and < 1e9)
            {
                return TimeSpan.FromMilliseconds(ms);
            }
        }

        if (headers.RetryAfter is not { } after) return null;
        if (after.Delta is { } delta) return delta;

        // A date counts from the server's own clock, which its answer carries.
        return after.Date - headers.Date is { } wait && wait > TimeSpan.Zero ? wait : null;
    }
}
