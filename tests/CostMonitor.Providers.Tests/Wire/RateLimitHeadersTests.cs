using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Providers.Wire;
using Xunit;

namespace CostMonitor.Providers.Tests.Wire;

public sealed class RateLimitHeadersTests
{
    [Fact]
    public void Read_GivenOpenAIs_ReadsAllSix()
    {
        var read = Read(
            ("x-request-id", "req_1"), ("x-ratelimit-limit-requests", "60"), ("x-ratelimit-limit-tokens", "150000"), ("x-ratelimit-remaining-requests", "59"),
            ("x-ratelimit-remaining-tokens", "149984"), ("x-ratelimit-reset-requests", "1s"), ("x-ratelimit-reset-tokens", "6m0s"));

        Assert.Equal(
            new RateLimitHeaders(new RateAllowance(60, 59, TimeSpan.FromSeconds(1)), new RateAllowance(150_000, 149_984, TimeSpan.FromMinutes(6))), read);
    }

    [Fact]
    public void Read_GivenWhatAzureAlwaysSends_ReadsWhatIsLeft() =>
        Assert.Equal(
            new RateLimitHeaders(new RateAllowance(Remaining: 9), new RateAllowance(Remaining: 8000)),
            Read(("X-RateLimit-Remaining-Requests", "9"), ("x-ratelimit-remaining-tokens", "8000")));

    [Fact]
    public void Read_GivenAnthropics_CountsItsResetsFromTheAnswersDate()
    {
        var read = Read(
            ("Date", "Sun, 01 Nov 2026 10:00:00 GMT"), ("anthropic-ratelimit-requests-limit", "50"), ("anthropic-ratelimit-requests-remaining", "49"),
            ("anthropic-ratelimit-requests-reset", "2026-11-01T10:00:02Z"), ("anthropic-ratelimit-tokens-limit", "48000"),
            ("anthropic-ratelimit-tokens-remaining", "47000"), ("anthropic-ratelimit-tokens-reset", "2026-11-01T09:59:59Z"),
            ("anthropic-ratelimit-input-tokens-limit", "40000"));

        Assert.Equal(new RateLimitHeaders(new RateAllowance(50, 49, TimeSpan.FromSeconds(2)), new RateAllowance(48_000, 47_000, TimeSpan.Zero)), read);
    }

    [Fact]
    public void Read_GivenAnthropicsInputAndOutputOnly_AddsThem()
    {
        var read = Read(
            ("date", "Sun, 01 Nov 2026 10:00:00 GMT"), ("anthropic-ratelimit-input-tokens-limit", "40000"), ("anthropic-ratelimit-input-tokens-remaining", "39000"),
            ("anthropic-ratelimit-input-tokens-reset", "2026-11-01T10:00:02Z"), ("anthropic-ratelimit-output-tokens-limit", "8000"),
            ("anthropic-ratelimit-output-tokens-remaining", "7500"), ("anthropic-ratelimit-output-tokens-reset", "2026-11-01T10:00:04Z"));

        Assert.Equal(new RateLimitHeaders(default, new RateAllowance(48_000, 46_500, TimeSpan.FromSeconds(4))), read);
    }

    [Fact]
    public void Read_GivenNoneOrNonsense_IsNull()
    {
        Assert.Null(Read(("x-request-id", "req_1")));
        Assert.Null(Read(("x-ratelimit-limit-requests", "-5"), ("x-ratelimit-remaining-tokens", "many"), ("x-ratelimit-reset-tokens", "soon")));
        Assert.Null(Read(("anthropic-ratelimit-requests-reset", "2026-11-01T10:00:02Z"))); // no date to count from
    }

    [Theory]
    [InlineData("1s", 1.0)]
    [InlineData("6m0s", 360.0)]
    [InlineData("120ms", 0.12)]
    [InlineData("2m59.56s", 179.56)]
    [InlineData("1h2m3s", 3723.0)]
    [InlineData("12", 12.0)]
    [InlineData("0", 0.0)]
    [InlineData("", null)]
    [InlineData("s", null)]
    [InlineData("5 s", null)]
    [InlineData("-1s", null)]
    [InlineData("1e9", null)]
    [InlineData("99999999999h", null)]
    public void Span_GivenAText_ReadsIt(string text, double? seconds) =>
        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, RateLimitHeadersReader.Span(text));

    private static RateLimitHeaders? Read(params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value);
        return RateLimitHeadersReader.Read(response.Headers);
    }
}
