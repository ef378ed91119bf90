using CostMonitor.Core.Input;
using CostMonitor.Providers.Prices;
using CostMonitor.Testing.RetailPrices;
using Xunit;

namespace CostMonitor.Providers.Tests.Prices;

public sealed class RetailPricesClientTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private readonly HttpClient _http = RetailPricesClient.CreateHttp();

    /// <summary>Waits between attempts pass at once; the timeout of a page does not.</summary>
    private readonly QuickTime _time = new(Now, TimeSpan.FromSeconds(59));

    [Fact]
    public async Task AskAsync_GivenSeveralPages_ReadsThemAll()
    {
        await using var server = await RetailPriceServer.StartAsync(RetailPages.Recorded);

        var answer = await Client(server).AskAsync(CancellationToken.None);

        Assert.Equal((12 + 11 + 18, Now), (answer.Meters.Count, answer.ReadAt));
        Assert.Equal(
            [
                "?api-version=2023-01-01-preview&currencyCode='USD'&$filter=(serviceName eq 'Foundry Models' or serviceName eq 'Cognitive Services') and contains(productName,'OpenAI')",
                "?api-version=2023-01-01-preview&currencyCode='USD'&$filter=x&$skip=12",
                "?api-version=2023-01-01-preview&currencyCode='USD'&$filter=x&$skip=23",
            ],
            server.Asked.Select(u => Uri.UnescapeDataString(u.Query)));
        Assert.All(server.Asked, u => Assert.Equal("/api/retail/prices", u.AbsolutePath));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task AskAsync_GivenAPageThatFailsAtFirst_AsksAgainAfterTheTimeItNames(int status)
    {
        await using var server = await RetailPriceServer.StartAsync([new RetailReply("busy", status, "7"), new RetailReply("busy", status), new RetailReply(RetailPages.Of([RetailPages.Item("m", "1")]))]);

        var answer = await Client(server).AskAsync(CancellationToken.None);

        Assert.Equal((1, 3), (answer.Meters.Count, server.Asked.Count));
        Assert.Equal(TimeSpan.FromSeconds(7), _time.Fired[0]);
        Assert.InRange(_time.Fired[1], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)); // ours: exponential with jitter
    }

    [Fact]
    public async Task AskAsync_GivenAPageThatKeepsFailing_GivesUpAndSaysHowOftenItAsked()
    {
        await using var server = await RetailPriceServer.StartAsync(Enumerable.Repeat(new RetailReply("busy", 429), 9));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Client(server).AskAsync(CancellationToken.None));

        Assert.Equal("Azure's price list could not be read: 127.0.0.1 answered 429 (asked 4 times).", error.Message);
        Assert.Equal(4, server.Asked.Count);
    }

    [Fact]
    public async Task AskAsync_GivenALongRetryAfter_DoesNotWait()
    {
        await using var server = await RetailPriceServer.StartAsync([new RetailReply("busy", 429, "3600")]);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Client(server).AskAsync(CancellationToken.None));

        Assert.EndsWith("(asked 1 time).", error.Message, StringComparison.Ordinal);
        Assert.Empty(_time.Fired);
    }

    [Fact]
    public async Task AskAsync_GivenARefusal_DoesNotAskAgainAndSaysWhatWasAnswered()
    {
        await using var server = await RetailPriceServer.StartAsync([new RetailReply("""{"Error":{"Code":"BadRequest"}}""", 400)]);

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Client(server).AskAsync(CancellationToken.None));

        Assert.Equal("""Azure's price list could not be read: 127.0.0.1 answered 400: {"Error":{"Code":"BadRequest"}} (asked 1 time).""", error.Message);
        Assert.Single(server.Asked);
    }

    [Fact]
    public async Task AskAsync_GivenNoServer_SaysThatItCouldNotBeReached()
    {
        var server = await RetailPriceServer.StartAsync(Array.Empty<string>());
        await server.DisposeAsync();

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => Client(server).AskAsync(CancellationToken.None));

        Assert.StartsWith("Azure's price list could not be read: 127.0.0.1 could not be reached, ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AskAsync_GivenNoAnswerInTime_SaysSo()
    {
        using var silent = new HttpClient(new Silent());
        var time = new QuickTime(Now, TimeSpan.MaxValue); // timeouts fire at once too

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => new RetailPricesClient(silent, RetailPricesClient.DefaultAddress, time).AskAsync(CancellationToken.None));

        Assert.Equal("Azure's price list could not be read: prices.azure.com gave no answer within 60 s (asked 4 times).", error.Message);
    }

    [Fact]
    public async Task AskAsync_GivenAStop_Stops()
    {
        using var silent = new HttpClient(new Silent());
        using var stop = new CancellationTokenSource();
        var asking = new RetailPricesClient(silent, RetailPricesClient.DefaultAddress, _time).AskAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData("https://prices.example.com/api/retail/prices?$skip=100")]
    [InlineData("http://127.0.0.1:1/api/retail/prices?$skip=100")]
    [InlineData("/api/retail/prices?$skip=100")]
    [InlineData("file:///etc/hosts")]
    public async Task AskAsync_GivenANextLinkToAnotherHost_DoesNotFollowIt(string next)
    {
        await using var server = await RetailPriceServer.StartAsync([RetailPages.Of([RetailPages.Item("m", "1")], next)]);

        var error = await Assert.ThrowsAsync<InputException>(() => Client(server).AskAsync(CancellationToken.None));

        Assert.Equal($"127.0.0.1, page 1 $.NextPageLink: Expected an address of {server.Address.ToString().TrimEnd('/')}, got '{next}'.", error.Message);
        Assert.Single(server.Asked);
    }

    [Fact]
    public async Task AskAsync_GivenNextLinksInACircle_SaysSo()
    {
        const string Next = "https://prices.azure.com:443/api/retail/prices?$skip=1";
        await using var server = await RetailPriceServer.StartAsync(Enumerable.Repeat(RetailPages.Of([RetailPages.Item("m", "1")], Next), 3));

        var error = await Assert.ThrowsAsync<InputException>(() => Client(server).AskAsync(CancellationToken.None));

        Assert.Equal("127.0.0.1, page 2 $.NextPageLink: It leads back to a page that was read before.", error.Message);
    }

    [Fact]
    public async Task AskAsync_GivenPagesWithoutEnd_StopsAtAThousand()
    {
        await using var server = await RetailPriceServer.StartAsync(Enumerable.Range(1, 1_001).Select(n => RetailPages.Of([], $"https://prices.azure.com:443/api/retail/prices?$skip={n}")));

        var error = await Assert.ThrowsAsync<InputException>(() => Client(server).AskAsync(CancellationToken.None));

        Assert.Equal("127.0.0.1, page 1000 $.NextPageLink: There are more than 1000 pages.", error.Message);
    }

    [Fact]
    public async Task AskAsync_GivenAFaultyPage_NamesThePageTheItemAndTheField()
    {
        await using var server = await RetailPriceServer.StartAsync([RetailPages.Recorded[0], RetailPages.Of([RetailPages.Item("m", "1"), RetailPages.Item("m", "-1")])]);

        var error = await Assert.ThrowsAsync<InputException>(() => Client(server).AskAsync(CancellationToken.None));

        Assert.Equal("127.0.0.1, page 2 $.Items[1].retailPrice: Expected a decimal from 0 to 100000000, got -1.", error.Message);
    }

    public void Dispose() => _http.Dispose();

    private RetailPricesClient Client(RetailPriceServer server) => new(_http, server.Address, _time);

    /// <summary>Answers nothing until it is stopped.</summary>
    private sealed class Silent : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return new HttpResponseMessage();
        }
    }
}
