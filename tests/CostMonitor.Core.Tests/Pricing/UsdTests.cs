using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class UsdTests
{
    [Theory]
    [InlineData("0", "$0.00")]
    [InlineData("0.000000", "$0.00")]
    [InlineData("0.035", "$0.035")]
    [InlineData("0.00000675", "$0.000007")] // six decimals for display (M047); the exact amount is kept
    [InlineData("0.000001", "$0.000001")]
    [InlineData("0.00000002", "$0.00000002")] // one embedding token at 0.02 a million is not shown as 0
    [InlineData("0.000000123456", "$0.00000012")]
    [InlineData("1234.5", "$1234.50")]
    [InlineData("-0.035", "$-0.035")]
    public void ToString_GivenAnAmount_RoundsForDisplayAndNeverToZero(string amount, string shown) =>
        Assert.Equal(shown, Usd(amount).ToString());

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.000000", "0")]
    [InlineData("0.00000675", "0.00000675")]
    [InlineData("2.5000", "2.5")]
    [InlineData("100", "100")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    public void ToExactString_GivenAnAmount_KeepsEveryDigitAndNoTrailingZero(string amount, string exact) =>
        Assert.Equal(exact, Usd(amount).ToExactString());

    [Fact]
    public void Operators_GivenTwoAmounts_CalculateAndCompareExactly()
    {
        var (a, b) = (new Usd(0.1m), new Usd(0.2m));

        Assert.Equal(new Usd(0.3m), a + b);
        Assert.Equal(new Usd(-0.1m), a - b);
        Assert.True(a < b && b > a && a <= b && b >= a && a.CompareTo(b) < 0);
    }

    private static Usd Usd(string amount) => new(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture));
}
