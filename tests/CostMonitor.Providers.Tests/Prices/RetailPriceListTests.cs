using CostMonitor.Providers.Prices;
using CostMonitor.Testing.RetailPrices;
using Xunit;

namespace CostMonitor.Providers.Tests.Prices;

public sealed class RetailPriceListTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private readonly HttpClient _http = RetailPricesClient.CreateHttp();

    private readonly QuickTime _time = new(Now, TimeSpan.FromSeconds(59));

    private readonly string _folder = Directory.CreateTempSubdirectory("costmon-test-").FullName;

    [Fact]
    public async Task ReadAsync_GivenAnAnswerOfTheSameDay_DoesNotAsk()
    {
        await using var server = await RetailPriceServer.StartAsync(RetailPages.Recorded);
        var fresh = await List(server).ReadAsync(false, CancellationToken.None);
        _time.Now = Now.AddHours(23);

        var kept = await List(server).ReadAsync(false, CancellationToken.None);

        Assert.Equal((null, TimeSpan.FromHours(23), 3), (fresh.Age, kept.Age, server.Asked.Count));
        Assert.Equal(fresh.Answer.Meters, kept.Answer.Meters);
        Assert.Equal((Now, "it is less than a day old"), (kept.Answer.ReadAt, kept.WhyKept));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 24)]
    public async Task ReadAsync_GivenARefreshOrAnAnswerOfADay_AsksAgain(bool refresh, int hours)
    {
        await using var server = await RetailPriceServer.StartAsync([RetailPages.Recorded[2], RetailPages.Of([RetailPages.Item("m", "1")])]);
        await List(server).ReadAsync(false, CancellationToken.None);
        _time.Now = Now.AddHours(hours);

        var reading = await List(server).ReadAsync(refresh, CancellationToken.None);

        Assert.Equal((null, 1), (reading.Age, reading.Answer.Meters.Count));
    }

    [Fact]
    public async Task ReadAsync_GivenNoService_UsesTheKeptAnswerAndSaysItsAge()
    {
        await using var server = await RetailPriceServer.StartAsync([RetailPages.Recorded[2]]);
        await List(server).ReadAsync(false, CancellationToken.None);
        _time.Now = Now.AddDays(9);

        var reading = await List(server).ReadAsync(false, CancellationToken.None); // there is no reply left: 404

        Assert.Equal((18, TimeSpan.FromDays(9)), (reading.Answer.Meters.Count, reading.Age));
        Assert.StartsWith("Azure's price list could not be read: 127.0.0.1 answered 404", reading.WhyKept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"address":"https://prices.example.com/","filter":"x","readAt":"2026-11-21T08:00:00Z","Items":[]}""")]
    public async Task ReadAsync_GivenAFileThatIsNoKeptAnswer_AsksAndReplacesIt(string text)
    {
        await File.WriteAllTextAsync(Kept, text);
        await using var server = await RetailPriceServer.StartAsync([RetailPages.Recorded[2]]);

        var reading = await List(server).ReadAsync(false, CancellationToken.None);

        Assert.Equal((18, null), (reading.Answer.Meters.Count, reading.Age));
        Assert.NotEqual(text, await File.ReadAllTextAsync(Kept));
    }

    [Fact]
    public async Task ReadAsync_GivenNoServiceAndNoKeptAnswer_Fails()
    {
        await using var server = await RetailPriceServer.StartAsync(Array.Empty<string>());

        await Assert.ThrowsAsync<HttpRequestException>(() => List(server).ReadAsync(false, CancellationToken.None));

        Assert.False(File.Exists(Kept));
    }

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Kept => Path.Combine(_folder, "kept.json");

    private RetailPriceList List(RetailPriceServer server) => new(new RetailPricesClient(_http, server.Address, _time), Kept, _time);
}
