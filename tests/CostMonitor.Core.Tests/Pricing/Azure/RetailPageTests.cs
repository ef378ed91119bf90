using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Azure;
using CostMonitor.Testing.RetailPrices;

namespace CostMonitor.Core.Tests.Pricing.Azure;

public sealed class RetailPageTests
{
    [Fact]
    public void Read_GivenARecordedPage_ReadsItsItemsAndItsNextLink()
    {
        var page = RetailPage.Read(RetailPages.Recorded[0], "page-1.json");

        Assert.Equal(12, page.Meters.Count);
        Assert.Equal(
            new RetailMeter
            {
                MeterId = "007c9325-09db-5746-bd51-566b166fef91", MeterName = "gpt 4.1 nano cached Inp glbl Tokens", ProductName = "Azure OpenAI",
                Region = "swedencentral", UnitOfMeasure = "1K", RetailPrice = 0.000025m, Type = "Consumption", From = new DateOnly(2025, 4, 1),
            },
            page.Meters[0]);
        Assert.EndsWith("&$skip=12", page.NextPageLink, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GivenAReservation_ReadsItsKindAndTerm()
    {
        var meter = RetailPage.Read(RetailPages.Recorded[1], "page-2.json").Meters.Single(m => m.Type == "Reservation");

        Assert.Equal(("1 Month", 326.0m, "1/Hour"), (meter.ReservationTerm, meter.RetailPrice, meter.UnitOfMeasure));
    }

    [Theory]
    [InlineData("2026-12-31T23:59:59Z", 2027, 1, 1)]
    [InlineData("2027-01-01T00:00:00Z", 2027, 1, 1)]
    public void Read_GivenAnEnd_TakesTheFirstDayAfterIt(string end, int year, int month, int day)
    {
        var item = RetailPages.Item("m", "1");
        item["effectiveEndDate"] = end;

        var meter = RetailPage.Read(RetailPages.Of([item]), "page").Meters.Single();

        Assert.Equal(new DateOnly(year, month, day), meter.To);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Global")]
    public void Read_GivenNoRegion_ReadsNone(string region)
    {
        var meter = RetailPage.Read(RetailPages.Of([RetailPages.Item("m", "1", region: region)]), "page").Meters.Single();

        Assert.Null(meter.Region);
    }

    [Fact]
    public void Read_GivenManyFaults_NamesThemAllWithItemAndField()
    {
        var (nan, negative, bare, euro) = (RetailPages.Item("a", "\"NaN\""), RetailPages.Item("b", "-0.1"), RetailPages.Item("c", "1"), RetailPages.Item("d", "1e40"));
        bare.Remove("meterName");
        bare["effectiveStartDate"] = "soon";
        euro["currencyCode"] = "EUR";

        var fault = Assert.Throws<InputException>(() => RetailPage.Read(RetailPages.Of([nan, negative, bare, euro]), "page 1"));

        Assert.Equal(
            [
                "page 1 $.Items[0].retailPrice: Expected a decimal from 0 to 100000000, got \"NaN\".",
                "page 1 $.Items[1].retailPrice: Expected a decimal from 0 to 100000000, got -0.1.",
                "page 1 $.Items[2].effectiveStartDate: Expected an instant, as in 2025-04-01T00:00:00Z, got \"soon\".",
                "page 1 $.Items[2]: 'meterName' is missing; expected the meter's name.",
                "page 1 $.Items[3].currencyCode: Expected USD, got 'EUR'.",
                "page 1 $.Items[3].retailPrice: Expected a decimal from 0 to 100000000, got 1e40.",
            ],
            fault.Faults.Select(f => f.ToString()));
    }

    [Fact]
    public void Read_GivenNotANumber_SaysThatItIsNoJson()
    {
        var text = RetailPages.Of([RetailPages.Item("a", "1")]).Replace("\"retailPrice\":1", "\"retailPrice\":NaN", StringComparison.Ordinal);

        var fault = Assert.Throws<InputException>(() => RetailPage.Read(text, "page 1"));

        Assert.Contains("This is not valid JSON", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GivenFewerItemsThanItCounts_SaysSo()
    {
        var text = RetailPages.Of([RetailPages.Item("a", "1")]).Replace("\"Count\":1", "\"Count\":100", StringComparison.Ordinal);

        var fault = Assert.Throws<InputException>(() => RetailPage.Read(text, "page 1"));

        Assert.Equal("page 1 $: 'Count' is 100, and there are 1 items; a part of the page is missing.", fault.Message);
    }
}
