using CostMonitor.Core.Pricing.Azure;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Pricing.Azure;

public sealed class MeterUnitTests
{
    [Theory]
    [InlineData("1K", MeterMeasure.Things, 1_000)]
    [InlineData("1M", MeterMeasure.Things, 1_000_000)]
    [InlineData("10K", MeterMeasure.Things, 10_000)]
    [InlineData("1", MeterMeasure.Things, 1)]
    [InlineData("100", MeterMeasure.Things, 100)]
    [InlineData("1 Hour", MeterMeasure.Hour, 1)]
    [InlineData("1/Hour", MeterMeasure.Hour, 1)]
    [InlineData("1/Day", MeterMeasure.Day, 1)]
    [InlineData("1/Month", MeterMeasure.Month, 1)]
    [InlineData("1 Second", MeterMeasure.Second, 1)]
    public void TryParse_GivenAUnitOfTheList_ReadsItsMeasureAndQuantity(string text, MeterMeasure measure, int quantity)
    {
        var isKnown = MeterUnit.TryParse(text, out var unit);

        Assert.True(isKnown);
        Assert.Equal(new MeterUnit(measure, quantity), unit);
    }

    [Theory]
    [InlineData("1k")] // neither a thousand nor anything that Azure writes
    [InlineData("1m")]
    [InlineData("K")]
    [InlineData("0K")]
    [InlineData("1 GB")]
    [InlineData("1/Fortnight")]
    [InlineData("1.5K")]
    [InlineData("-1K")]
    [InlineData("")]
    public void TryParse_GivenAnotherUnit_DoesNotGuess(string text) => Assert.False(MeterUnit.TryParse(text, out _));

    [Theory]
    [InlineData("GPT 5 outpt Glbl 1M Tokens", "1K", "the name says 1M and the unit is 1K")]
    [InlineData("gpt 4.1 Inp glbl 1K tokens", "1M", "the name says 1K and the unit is 1M")]
    [InlineData("gpt 4.1 Inp glbl Tokens", "1 Hour", "the name says tokens and the unit is 1 hour")]
    [InlineData("GPT 5 outpt Glbl 1M Tokens", "1M", null)]
    [InlineData("gpt 4.1 Inp glbl Tokens", "1K", null)]
    [InlineData("Provisioned Managed Global Unit", "1/Hour", null)]
    public void Contradiction_GivenANameAndAUnit_SaysWhereTheyDisagree(string name, string text, string? expected)
    {
        _ = MeterUnit.TryParse(text, out var unit);

        Assert.Equal(expected, unit.Contradiction(name));
    }

    [Fact]
    public void PerMillion_GivenOnePriceInTwoUnits_GivesTheSameText() => // the text too: a catalog file must not change with the unit
        Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), Gen.Choose(0, 12).ToArbitrary(), (digits, scale) =>
        {
            var perMillion = new decimal(digits, 0, 0, false, (byte)scale);
            return Text(new MeterUnit(MeterMeasure.Things, 1_000).PerMillion(perMillion / 1_000)) == Text(new MeterUnit(MeterMeasure.Things, 1_000_000).PerMillion(perMillion));
        }).QuickCheckThrowOnFailure();

    private static string Text(decimal value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
