using System.Text.RegularExpressions;
using CostMonitor.Testing.RetailPrices;

namespace CostMonitor.Cli.Tests.Commands;

/// <summary><c>costmon prices sync azure</c> against recorded pages on loopback.</summary>
public sealed partial class PricesSyncAzureTests : IDisposable
{
    private const string Unmapped = "gpt-4o-transcribe-txt-inp-glbl Tokens";

    private readonly TempFolder _folder = new();

    /// <summary>Compared with a catalog that has no Azure prices, everything is new.</summary>
    public PricesSyncAzureTests()
    {
        Directory.CreateDirectory(_folder.Of("prices"));
        _folder.Write("prices/azure-openai.json", """{"provider":"azure-openai","models":[]}""");
    }

    [Fact]
    public async Task SyncAzure_GivenRecordedPages_ShowsTheRowsAndEverythingThatIsNotUsed()
    {
        await using var server = await RetailPriceServer.StartAsync(RetailPages.Recorded);

        var result = await RunAsync(server.Address, "--json");

        var expected = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Commands", "Expected", "prices-sync-azure.json"));
        Assert.Equal(expected.ReplaceLineEndings(), Steady(result.Output, server.Address).ReplaceLineEndings());
        Assert.Equal(1, result.ExitCode); // prices were refused
        Assert.Contains("30 used for 18 rows of 9 models; 3 unmapped, 3 refused, 4 not-priced, 1 duplicate.", result.Words, StringComparison.Ordinal);
        Assert.Contains($"'{Unmapped}' of Azure OpenAI, 1 x 1K: unmapped: no table names this meter; suggested: gpt-4o-transcribe, input, global", result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SyncAzure_GivenApply_WritesTheRowsOnce()
    {
        await using var server = await RetailPriceServer.StartAsync(RetailPages.Recorded);
        var preview = await RunAsync(server.Address);
        var file = _folder.Of("prices/azure-openai.json");
        var before = await File.ReadAllTextAsync(file);

        var first = await RunAsync(server.Address, "--apply");
        var written = await File.ReadAllTextAsync(file);
        var second = await RunAsync(server.Address, "--apply");

        Assert.Contains("This is a preview; nothing was written.", preview.Words, StringComparison.Ordinal);
        Assert.Equal("""{"provider":"azure-openai","models":[]}""", before);
        Assert.Contains("Written: azure-openai.", first.Words, StringComparison.Ordinal);
        Assert.Contains("Nothing had to be written.", second.Words, StringComparison.Ordinal);
        Assert.Equal(written, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task SyncAzure_GivenTheSameDay_UsesTheKeptAnswerAndSaysSo()
    {
        await using var server = await RetailPriceServer.StartAsync(RetailPages.Recorded);
        await RunAsync(server.Address);

        var result = await RunAsync(server.Address, "--region", "eastus2");

        Assert.Contains("That answer was kept 0.0 hours ago and is used because it is less than a day old.", result.Words, StringComparison.Ordinal);
        Assert.Equal((0, 3), (result.ExitCode, server.Asked.Count));
        Assert.Contains("4 used for 2 rows of 1 models", result.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SyncAzure_GivenAnAcceptedSuggestion_PricesIt()
    {
        await using var server = await RetailPriceServer.StartAsync(RetailPages.Of([RetailPages.Item(Unmapped, "0.0025")]));

        var result = await RunAsync(server.Address, "--accept", Unmapped);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("azure-openai:gpt-4o-transcribe, global", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SyncAzure_GivenAnAcceptedNameThatIsNotThere_RefusesIt()
    {
        await using var server = await RetailPriceServer.StartAsync(RetailPages.Of([RetailPages.Item(Unmapped, "0.0025")]));

        var result = await RunAsync(server.Address, "--accept", "gpt-4o-transcribe Tokens");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Equal("--accept gpt-4o-transcribe Tokens: The list has no meter of this name that a suggestion can be made for.", result.Words.Trim());
    }

    [Fact]
    public async Task SyncAzure_GivenATableOfOnesOwn_LaysItOverTheBuiltInOne()
    {
        var own = _folder.Write("own.json", $$"""{"meters":[{"meter":"{{Unmapped}}","model":"mine","charge":"input","deployment":"regional"}]}""");
        await using var server = await RetailPriceServer.StartAsync(RetailPages.Of([RetailPages.Item(Unmapped, "0.0025"), RetailPages.Item("gpt 4.1 Inp glbl Tokens", "0.002")]));

        var result = await RunAsync(server.Address, "--meters", own);

        Assert.Contains("azure-openai:mine, regional, swedencentral", result.Output, StringComparison.Ordinal);
        Assert.Contains("azure-openai:gpt-4.1, global", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"meters\":[{\"meter\":\"m\",\"model\":\"a\",\"charge\":\"words\",\"deployment\":\"global\"}]}", "$.meters[0].charge: Expected one of input")]
    [InlineData(null, "The file cannot be read: ")]
    public async Task SyncAzure_GivenAFaultyTable_RefusesItBeforeItAsks(string? text, string expected)
    {
        var own = text is null ? _folder.Of("none.json") : _folder.Write("own.json", text);
        await using var server = await RetailPriceServer.StartAsync(RetailPages.Recorded);

        var result = await RunAsync(server.Address, "--meters", own);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(expected, result.Words, StringComparison.Ordinal);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task SyncAzure_GivenARefusal_SaysWhatWasAnswered()
    {
        await using var server = await RetailPriceServer.StartAsync([new RetailReply("no", 403)]);

        var result = await RunAsync(server.Address);

        Assert.Equal((2, "", "Azure's price list could not be read: 127.0.0.1 answered 403: no (asked 1 time)."), (result.ExitCode, result.Output, result.Words.Trim()));
    }

    [Fact]
    public async Task SyncAzure_GivenAnAddressThatIsNone_RefusesIt()
    {
        var result = await Costmon.RunAsync("prices", "sync", "azure", "--address", "prices.azure.com");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Expected an address, as in https://prices.azure.com/, got 'prices.azure.com'.", result.Words, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Task<Costmon.Result> RunAsync(Uri address, params string[] options) =>
        Costmon.RunAsync(["prices", "sync", "azure", "--address", address.ToString(), "--cache", _folder.Of("kept.json"), "--catalog", _folder.Of("prices"), .. options]);

    /// <summary>The output without what differs from run to run: the server's port, and the day on which the list was read.</summary>
    private static string Steady(string output, Uri address) =>
        Day().Replace(output.Replace(address.ToString(), "http://service/", StringComparison.Ordinal), "$1DAY");

    [GeneratedRegex("(azure-openai-|read on |\"checked\": \")20[0-9-]{8}")]
    private static partial Regex Day();
}
