using CostMonitor.Core.Pricing.Import;

namespace CostMonitor.Core.Tests.Pricing.Import;

public sealed class ExactFigureTests
{
    [Theory]
    [InlineData("1e-07", 6, "0.1")]
    [InlineData("2.75e-06", 6, "2.75")]
    [InlineData("0.00000275", 6, "2.75")]
    [InlineData("1.0003E-7", 6, "0.10003")]
    [InlineData("12", -3, "0.012")]
    [InlineData("-1", 0, "-1")]
    [InlineData("0.0", 6, "0")]
    [InlineData("3.00", 0, "3")]
    [InlineData("0.1", 0, "0.1")]
    [InlineData("1234567890123456789012345678", 0, "1234567890123456789012345678")]
    public void TryRead_GivenANumber_ReadsItExactly(string text, int shift, string expected)
    {
        var isRead = ExactFigure.TryRead(text, shift, out var figure);

        Assert.True(isRead);
        Assert.Equal(expected, figure.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("1e-40")] // a decimal would make it 0
    [InlineData("1.00000000000000000000000000001")] // 30 digits
    [InlineData("1e40")]
    [InlineData("1e99999999999")]
    public void TryRead_GivenMoreThanADecimalHolds_IsFalse(string text) => Assert.False(ExactFigure.TryRead(text, 6, out _));
}
