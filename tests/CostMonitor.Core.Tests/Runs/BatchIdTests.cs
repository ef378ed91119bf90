using CostMonitor.Core.Plans;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Tests.Runs;

public sealed class BatchIdTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("bench-1", true)]
    [InlineData("", false)]
    [InlineData("1a", false)]
    [InlineData("-a", false)]
    [InlineData("A", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    [InlineData("ä", false)]
    public void IsValid_GivenAText_TellsIdsFromOthers(string text, bool valid) => Assert.Equal(valid, BatchId.IsValid(text));

    [Fact]
    public void Constructor_GivenALongText_TakesEightyCharacters()
    {
        Assert.Equal(80, new BatchId(new string('a', 80)).ToString().Length);
        Assert.Throws<FormatException>(() => new BatchId(new string('a', 81)));
    }

    [Fact]
    public void ForSlot_GivenASlotInAnyOffset_NamesItInUtc()
    {
        var (utc, local) = (new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 5, 1, 14, 0, 0, TimeSpan.FromHours(2)));

        Assert.Equal("canary-hourly-20260501t120000", BatchId.ForSlot("hourly", utc).ToString());
        Assert.Equal(BatchId.ForSlot("hourly", utc), BatchId.ForSlot("hourly", local));
    }

    [Fact]
    public void ForSlot_GivenTheLongestPlanName_IsAnId()
    {
        var longest = Enumerable.Range(1, 80).Select(n => new string('p', n)).Last(RunPlanFile.IsName);

        var id = BatchId.ForSlot(longest, Records.Start);

        Assert.StartsWith($"canary-{longest}-", id.ToString(), StringComparison.Ordinal);
    }
}
