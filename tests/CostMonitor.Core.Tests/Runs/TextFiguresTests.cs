using CostMonitor.Core.Runs;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Runs;

public sealed class TextFiguresTests
{
    [Theory]
    [InlineData("", 0, 0, 0)]
    [InlineData("?! ...", 6, 0, 0)]
    [InlineData("The cat saw the other cat.", 26, 6, 4)] // the, cat, saw, other
    [InlineData("Don't don’t", 11, 2, 2)]
    [InlineData("'quoted' rock'n'roll", 20, 2, 2)]
    [InlineData("a1 b2 a1", 8, 3, 2)]
    [InlineData("naïve Naïve", 11, 2, 1)]
    public void Of_GivenText_CountsCharactersWordsAndDistinctWords(string text, int characters, int words, int distinct) =>
        Assert.Equal(new TextFigures(characters, words, distinct), TextFigures.Of(text));

    [Theory]
    [InlineData(1000, 100, 72, 0.61)] // M082's "about 0.61": (0.72 + 0.5) / 2
    [InlineData(2000, 10, 10, 1.0)]
    [InlineData(9000, 10, 10, 1.0)] // the length counts up to 2000
    public void DiversityProxy_GivenCounts_IsTheMeanOfVarietyAndLength(int characters, int words, int distinct, double expected) =>
        Assert.Equal(expected, new TextFigures(characters, words, distinct).DiversityProxy ?? double.NaN, 12);

    [Fact]
    public void DiversityProxy_GivenNoWords_IsNull() => Assert.Null(TextFigures.Of("...").DiversityProxy);

    [Fact]
    public void Of_GivenAnyText_StaysWithinItsBounds() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var figures = TextFigures.Of(text.Get);
            return figures.DistinctWords <= figures.Words && figures.Words <= figures.Characters && figures.Characters == text.Get.Length
                && figures.DiversityProxy is null or (> 0 and <= 1);
        }).QuickCheckThrowOnFailure();
}
