using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using CostMonitor.Core.Calling.Limiting;

namespace CostMonitor.Providers.Wire;

/// <summary>Reads what the head of an answer says of the provider's limits: <c>x-ratelimit-*</c> of OpenAI and Azure, or <c>anthropic-ratelimit-*</c>.</summary>
internal static class RateLimitHeadersReader
{
    private const string Usual = "x-ratelimit-", Anthropic = "anthropic-ratelimit-";
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <returns>Null when it says nothing, which allocates nothing.</returns>
    public static RateLimitHeaders? Read(HttpResponseHeaders headers)
    {
        foreach (var (name, _) in headers.NonValidated)
        {
            if (name.StartsWith(Usual, StringComparison.OrdinalIgnoreCase)) return Something(ReadUsual(headers));
            if (name.StartsWith(Anthropic, StringComparison.OrdinalIgnoreCase)) return Something(ReadAnthropic(headers));
        }

        return null;
    }

    /// <summary>A span as OpenAI writes it, such as <c>6m0s</c>, <c>1.5s</c> or <c>120ms</c>, or a bare number of seconds.</summary>
    /// <returns>Null for anything else, and beyond a year.</returns>
    public static TimeSpan? Span(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return null;
        var total = 0.0;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(Digits) is >= 0 and var end ? end : text.Length;
            var rest = text[digits..];
            var unit = rest.IndexOfAny(Digits) is >= 0 and var next ? rest[..next] : rest;
            if (!double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)) return null;
            total += amount * SecondsOf(unit);
            text = rest[unit.Length..];
        }

        return total <= TimeSpan.FromDays(366).TotalSeconds ? TimeSpan.FromSeconds(total) : null; // not a number is not either
    }

    private static RateLimitHeaders ReadUsual(HttpResponseHeaders headers) => new(
        new RateAllowance(
            Count(headers, "x-ratelimit-limit-requests"), Count(headers, "x-ratelimit-remaining-requests"), Span(Text(headers, "x-ratelimit-reset-requests"))),
        new RateAllowance(
            Count(headers, "x-ratelimit-limit-tokens"), Count(headers, "x-ratelimit-remaining-tokens"), Span(Text(headers, "x-ratelimit-reset-tokens"))));

    // The plain tokens are the limit that binds; where they are left out it is the sum of input and output.
    private static RateLimitHeaders ReadAnthropic(HttpResponseHeaders headers)
    {
        var requests = new RateAllowance(
            Count(headers, "anthropic-ratelimit-requests-limit"), Count(headers, "anthropic-ratelimit-requests-remaining"), Until(headers, "anthropic-ratelimit-requests-reset"));
        var tokens = new RateAllowance(
            Count(headers, "anthropic-ratelimit-tokens-limit"), Count(headers, "anthropic-ratelimit-tokens-remaining"), Until(headers, "anthropic-ratelimit-tokens-reset"));
        if (tokens != default) return new RateLimitHeaders(requests, tokens);
        var input = new RateAllowance(
            Count(headers, "anthropic-ratelimit-input-tokens-limit"), Count(headers, "anthropic-ratelimit-input-tokens-remaining"), Until(headers, "anthropic-ratelimit-input-tokens-reset"));
        var output = new RateAllowance(
            Count(headers, "anthropic-ratelimit-output-tokens-limit"), Count(headers, "anthropic-ratelimit-output-tokens-remaining"), Until(headers, "anthropic-ratelimit-output-tokens-reset"));
        return new RateLimitHeaders(
            requests,
            new RateAllowance(input.Limit + output.Limit, input.Remaining + output.Remaining, input.Reset > output.Reset ? input.Reset : output.Reset ?? input.Reset));
    }

    private static RateLimitHeaders? Something(RateLimitHeaders read) => read is { Requests: var requests, Tokens: var tokens } && requests == default && tokens == default ? null : read;

    private static string Text(HttpResponseHeaders headers, string name) => headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : "";

    private static long? Count(HttpResponseHeaders headers, string name) =>
        long.TryParse(Text(headers, name), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    // A date counts from the server's own clock, which its answer carries.
    private static TimeSpan? Until(HttpResponseHeaders headers, string name)
    {
        if (!DateTimeOffset.TryParse(Text(headers, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var reset) || headers.Date is not { } sent) return null;
        return reset > sent ? reset - sent : TimeSpan.Zero;
    }

    private static double SecondsOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ms" => 0.001,
        "s" or "" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => double.NaN,
    };
}
