using System.Globalization;
using System.Text.Json.Nodes;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Azure;
using CostMonitor.Core.Usage;
using CostMonitor.Testing.RetailPrices;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Pricing.Azure;

public sealed class AzureImportTests
{
    private const string In = "gpt 4.1 mini Inp glbl Tokens", Cached = "gpt 4.1 mini cached Inp glbl Tokens", Out = "gpt 4.1 mini Outp glbl Tokens";

    private static readonly DateOnly Read = new(2026, 11, 21);

    [Fact]
    public void From_GivenTheMetersOfOneOffer_JoinsThemToOneRow()
    {
        var import = From(Item(In, "0.0004"), Item(Cached, "0.0001"), Item(Out, "0.0016"));

        var row = import.Models.Single().Prices.Single();
        Assert.Equal(new Offer(Key("gpt-4.1-mini"), Deployment: DeploymentType.Global), row.Offer);
        Assert.Equal(TokenRates.Of((TokenClass.Input, 0.4m), (TokenClass.CachedInput, 0.1m), (TokenClass.Output, 1.6m)), row.PerMillionTokens);
        Assert.Equal(("azure-openai-2026-11-21", new DateOnly(2025, 4, 1), null, Read), (row.Label, row.EffectiveFrom, row.EffectiveTo, row.Checked));
        Assert.Equal("https://prices.azure.com/api/retail/prices?api-version=2023-01-01-preview, read on 2026-11-21", row.Source);
        Assert.Equal((3, 0), (import.Used, import.Unused.Count));
    }

    [Fact]
    public void From_GivenOnePriceStatedInTwoUnits_GivesTheSameRow() => Prop.ForAll(Gen.Choose(1, 99_999_999).ToArbitrary(), digits =>
        {
            var (perMillion, perThousand) = (digits / 1_000m, digits / 1_000_000m); // up to 99,999.999 USD a million
            return PriceFileText(From(Item(In, Text(perThousand), "1K"))) == PriceFileText(From(Item(In, Text(perMillion), "1M")));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void From_GivenANameThatContradictsItsUnit_RefusesThePrice()
    {
        var import = From(Item("GPT 5 outpt Glbl 1M Tokens", "10", "1K")); // 10 USD per 1K would be 1,000 times the price

        Assert.Empty(import.Models);
        Assert.Equal("the name says 1M and the unit is 1K", Assert.Single(import.Of(UnusedKind.Refused)).Why);
    }

    [Theory]
    [InlineData(In, "1", "1 Fortnight", "the unit '1 Fortnight' is not known")]
    [InlineData(In, "0", "1K", "the price is 0, which is a grant or a mistake and no list price")]
    [InlineData(In, "101", "1K", "101000 USD for a million tokens is beyond any price; the unit must be wrong")]
    [InlineData("Provisioned Managed Global Unit", "260", "1/Month", "the table says hour and the unit is 1 month")]
    [InlineData("Provisioned Managed Global Unit", "1", "1K", "the table says hour and the unit is 1K")]
    [InlineData("Provisioned Managed Global Unit", "24", "24/Hour", "the table says an hour and the unit is 24 hour")]
    public void From_GivenAPriceThatCannotBe_RefusesIt(string name, string price, string unit, string expected)
    {
        var import = From(Item(name, price, unit));

        Assert.Equal((UnusedKind.Refused, expected), (import.Unused.Single().Kind, import.Unused.Single().Why));
        Assert.Empty(import.Models);
    }

    [Fact]
    public void From_GivenPricesThatAreNoConsumption_ListsThemOnly()
    {
        var meters = RetailPages.Recorded.SelectMany(p => RetailPage.Read(p, "page").Meters);

        var import = AzureImport.From(meters, MeterTable.BuiltIn, AzureWish.All, Read);

        Assert.Equal(
            ["a price of kind Reservation for 1 Month", "a price of kind DevTestConsumption", "it holds from 1000000 units on", "it ended on 2025-04-01"],
            import.Of(UnusedKind.NotPriced).Select(u => u.Why));
    }

    [Fact]
    public void From_GivenAGlobalPriceThatOneRegionDoesNotShare_GivesThatRegionARowOfItsOwn()
    {
        var import = From(Item(In, "0.0004", region: "eastus"), Item(In, "0.0004", region: "swedencentral"), Item(In, "0.0005", region: "usgovvirginia"), Item(Out, "0.0016", region: "usgovvirginia"));

        var rows = import.Models.Single().Prices;
        Assert.Equal([(null, 0.4m), ("usgovvirginia", 0.5m)], rows.Select(r => (r.Offer.Region, r.PerMillionTokens[TokenClass.Input] ?? 0)));
        Assert.Equal("the price of most regions that were read; the others have rows of their own", rows[0].Note);
    }

    [Fact]
    public void From_GivenRegionalPrices_KeepsEachRegion()
    {
        var import = From(Item("gpt 4.1 mini Inp regnl Tokens", "0.00044", region: "eastus2"), Item("gpt 4.1 mini Inp regnl Tokens", "0.00044", region: "westus"));

        Assert.Equal(["eastus2", "westus"], import.Models.Single().Prices.Select(p => p.Offer.Region));
    }

    [Fact]
    public void From_GivenARegionThatJoinedLater_KeepsTheFirstDay()
    {
        var import = From(Item(In, "0.0004", region: "eastus", from: "2025-04-01"), Item(In, "0.0004", region: "spaincentral", from: "2026-02-01"));

        Assert.Equal(new DateOnly(2025, 4, 1), import.Models.Single().Prices.Single().EffectiveFrom);
    }

    [Fact]
    public void From_GivenFiguresThatStartOnDifferentDays_DividesTheRowThere()
    {
        var import = From(Item(In, "0.0004"), Item(Out, "0.0016"), Item(Out, "0.0012", from: "2026-08-01"), Item(Cached, "0.0001", from: "2025-11-01"));

        Assert.Equal(
            [
                (new DateOnly(2025, 4, 1), new DateOnly(2025, 11, 1), null, 1.6m),
                (new DateOnly(2025, 11, 1), new DateOnly(2026, 8, 1), 0.1m, 1.6m),
                (new DateOnly(2026, 8, 1), (DateOnly?)null, (decimal?)0.1m, (decimal?)1.2m),
            ],
            import.Models.Single().Prices.Select(p => (p.EffectiveFrom, p.EffectiveTo, p.PerMillionTokens[TokenClass.CachedInput], p.PerMillionTokens[TokenClass.Output])));
    }

    [Fact]
    public void From_GivenAPriceThatEnds_EndsItsRow()
    {
        var import = From(Item(In, "0.0004", to: "2027-01-01"));

        Assert.Equal(new DateOnly(2027, 1, 1), import.Models.Single().Prices.Single().EffectiveTo);
    }

    [Fact]
    public void From_GivenBatchAndPriorityMeters_PricesEachTierApart()
    {
        var import = From(Item(In, "0.0004"), Item("gpt 4.1 mini Batch Inp glbl Tokens", "0.0002"), Item("gpt 41 mn pp inp glb Tokens", "0.0007"));

        Assert.Equal(
            [(ServiceTier.Standard, 0.4m), (ServiceTier.Batch, 0.2m), (ServiceTier.Priority, 0.7m)],
            import.Models.Single().Prices.Select(p => (p.Offer.Tier, p.PerMillionTokens[TokenClass.Input] ?? 0)));
    }

    [Fact]
    public void From_GivenMetersOfLongPrompts_MakesThemATier()
    {
        var import = From(Item("5.4 inp Gl 1M Tokens", "2.5", "1M"), Item("5.4 opt Gl 1M Tokens", "15", "1M"), Item("5.4 longco inp Gl 1M Tokens", "5", "1M"));

        var price = import.Models.Single().Prices.Single();
        Assert.Equal(new Usd(1.50m), price.CostOf(new TokenUsage { Input = 300_000 }).Amount); // 0.3 * 5
        Assert.Equal(new Usd(0.68m), price.CostOf(new TokenUsage { Input = 272_000 }).Amount); // 0.272 * 2.5: the limit itself is a short prompt
        Assert.Equal(new Usd(3.00m), price.CostOf(new TokenUsage { Input = 300_000, Output = 100_000 }).Amount); // 0.3 * 5 + 0.1 * 15: no meter says another price of output
    }

    [Fact]
    public void From_GivenOnlyMetersOfLongPrompts_RefusesThem()
    {
        var import = From(Item("5.4 longco inp Gl 1M Tokens", "5", "1M"));

        Assert.Equal("there is no price for shorter prompts beside it", import.Of(UnusedKind.Refused).Single().Why);
        Assert.Empty(import.Models);
    }

    [Fact]
    public void From_GivenProvisionedUnits_PricesTheHour()
    {
        var import = From(Item("Provisioned Managed Global Unit", "1.0", "1/Hour"));

        var cost = import.Models.Single().Prices.Single().CostOf(new BilledUsage(default, Hours: 100 * 24m)); // 100 units for a day
        Assert.Equal((new Usd(2_400m), new Offer(Key("provisioned-managed"), ServiceTier.Provisioned, DeploymentType.Global)), (cost.Amount, import.Models.Single().Prices.Single().Offer));
    }

    [Fact]
    public void From_GivenTheSamePriceTwice_UsesItOnce()
    {
        var import = From(Item(In, "0.0004"), Item(In.ToUpperInvariant(), "0.00040"));

        Assert.Equal((1, UnusedKind.Duplicate), (import.Used, import.Unused.Single().Kind));
    }

    [Fact]
    public void From_GivenTwoPricesForOneThingAndDay_RefusesBoth()
    {
        var import = From(Item(In, "0.0004"), Item(In, "0.0005"), Item(Out, "0.0016"));

        Assert.Equal(
            Enumerable.Repeat("gpt-4.1-mini, input, global has two prices from 2025-04-01 on: 0.4 and 0.5", 2), import.Of(UnusedKind.Refused).Select(u => u.Why));
        Assert.Null(import.Models.Single().Prices.Single().PerMillionTokens[TokenClass.Input]); // unknown, not the first or the dearer
    }

    [Fact]
    public void From_GivenAnUnmappedMeter_OnlySuggests()
    {
        const string Name = "7.2 sol ShortCo Inp Std Gl 1M Tokens";

        var (plain, accepted) = (From(Item(Name, "3", "1M")), From(new AzureWish { Accepted = [Name.ToUpperInvariant()] }, Item(Name, "3", "1M")));

        Assert.Empty(plain.Models);
        Assert.Equal("gpt-7.2-sol, input, global", plain.Of(UnusedKind.Unmapped).Single().Suggestion?.ToString());
        Assert.Equal(3m, accepted.Models.Single().Prices.Single().PerMillionTokens[TokenClass.Input]);
    }

    [Fact]
    public void From_GivenRegions_LooksAtNoOthers()
    {
        var import = From(new AzureWish { Regions = ["eastus"] }, Item(In, "0.0004", region: "eastus"), Item(In, "0.0005", region: "westus"), Item("sora", "1", region: "westus"));

        Assert.Equal((1, 0, 0.4m), (import.Used, import.Unused.Count, import.Models.Single().Prices.Single().PerMillionTokens[TokenClass.Input]));
    }

    [Fact]
    public void From_GivenTheRecordedPages_GivesAFileThatReadsBackTheSame()
    {
        var import = AzureImport.From(RetailPages.Recorded.SelectMany(p => RetailPage.Read(p, "page").Meters), MeterTable.BuiltIn, AzureWish.All, Read);

        var text = PriceFileText(import);
        var back = PriceFile.ParseAll([("azure-openai.json", text)]);

        Assert.Equal(18, back.Prices.Count());
        Assert.Equal(text, PriceFileWriter.Write(AzureImport.Provider, back.Models));
    }

    private static ModelKey Key(string model) => new(AzureImport.Provider, model);

    private static string PriceFileText(AzureImport import) => PriceFileWriter.Write(AzureImport.Provider, import.Models);

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private static AzureImport From(params JsonObject[] items) => From(AzureWish.All, items);

    private static AzureImport From(AzureWish wanted, params JsonObject[] items) =>
        AzureImport.From(RetailPage.Read(RetailPages.Of(items), "page").Meters, MeterTable.BuiltIn, wanted, Read);

    private static JsonObject Item(string name, string price, string unit = "1K", string region = "swedencentral", string from = "2025-04-01", string? to = null) =>
        RetailPages.Item(name, price, unit, region, from, to);
}
