using CostMonitor.Core.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Runs;

public sealed class RunIdTests
{
    [Fact]
    public void Parse_GivenAnyIdThatWasFormatted_GivesItBack() =>
        Prop.ForAll(Gen.Choose(0, RunId.MaxOrdinal).ToArbitrary(), ordinal =>
        {
            var id = new RunId(new BatchId("canary-hourly-20260501t120000"), ordinal);
            return RunId.Parse(id.ToString()) == id && id.ToString().Length == "canary-hourly-20260501t120000".Length + 7;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("b")]
    [InlineData(".000001")]
    [InlineData("b.1")]
    [InlineData("b.0000001")]
    [InlineData("b.-00001")]
    [InlineData("b.00000x")]
    [InlineData("B.000001")]
    [InlineData("b c.000001")]
    [InlineData("b.000001 ")]
    public void TryParse_GivenAnythingElse_Refuses(string? text)
    {
        Assert.False(RunId.TryParse(text, out var id));
        Assert.Equal(default, id);
    }

    [Fact]
    public void Parse_GivenNoId_SaysWhatItGotAndWanted()
    {
        var thrown = Assert.Throws<FormatException>(() => RunId.Parse("b.1"));

        Assert.Equal("'b.1' is no run id: expected a batch id, a dot and six digits.", thrown.Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public void Constructor_GivenAnOrdinalOutOfRange_Throws(int ordinal) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RunId(new BatchId("b"), ordinal));

    [Fact]
    public void Compare_GivenIds_OrdersByBatchAndThenByNumber()
    {
        RunId[] ids = [RunId.Parse("b.000002"), RunId.Parse("a.000010"), RunId.Parse("b.000001")];

        Assert.Equal(["a.000010", "b.000001", "b.000002"], ids.Order().Select(i => i.ToString()));
        Assert.True(ids[1] < ids[2] && ids[0] > ids[2] && ids[2] <= ids[0] && ids[0] >= ids[2]);
    }
}
