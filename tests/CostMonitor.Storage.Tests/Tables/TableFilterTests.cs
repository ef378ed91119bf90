using CostMonitor.Storage.Tables;
using Xunit;

namespace CostMonitor.Storage.Tests.Tables;

public sealed class TableFilterTests
{
    public static TheoryData<object, string> Literals => new()
    {
        { "it's {0}", "'it''s {0}'" },
        { 5, "5" },
        { -9_007_199_254_740_993L, "-9007199254740993L" },
        { 2.0, "2.0" },
        { 2.5, "2.5" },
        { 1e20, "1E+20" },
        { true, "true" },
        { Guid.Parse("c9da6455-213d-42c9-9a79-3e9149a57833"), "guid'c9da6455-213d-42c9-9a79-3e9149a57833'" },
        { new DateTimeOffset(2026, 1, 2, 5, 4, 5, TimeSpan.FromHours(2)).AddTicks(7), "datetime'2026-01-02T03:04:05.0000007Z'" },
        { new byte[] { 1, 171 }, "X'01AB'" },
    };

    [Theory]
    [MemberData(nameof(Literals))]
    public void Create_GivenAValue_WritesItInItsOwnType(object value, string expected) =>
        Assert.Equal($"A eq {expected} and B lt {expected}", TableFilter.Create($"A eq {value} and B lt {value}"));

    [Fact]
    public void Create_GivenAValueBetweenQuotes_Throws() =>
        Assert.Throws<ArgumentException>(() => TableFilter.Create($"A eq '{"x"}'"));

    [Fact]
    public void Create_GivenWhatNoPropertyHolds_Throws()
    {
        Assert.Throws<ArgumentException>(() => TableFilter.Create($"A eq {(string?)null}"));
        Assert.Throws<ArgumentException>(() => TableFilter.Create($"A eq {1.5m}"));
        Assert.Throws<ArgumentException>(() => TableFilter.Create($"A eq {double.NaN}"));
        Assert.Throws<ArgumentException>(() => TableFilter.Create($"A eq {DateTime.UnixEpoch}"));
    }
}
