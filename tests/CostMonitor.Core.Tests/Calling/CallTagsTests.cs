using CostMonitor.Core.Calling;

namespace CostMonitor.Core.Tests.Calling;

public sealed class CallTagsTests
{
    private static readonly CallTags Whole = new() { Team = "t", App = "a", Feature = "f", User = "u", Experiment = "e" };

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a|b")]
    [InlineData("a\nb")]
    [InlineData("a\u0085b")]
    public void With_GivenNoTag_Throws(string value)
    {
        Assert.False(CallTags.IsValid(value));
        Assert.All(Enum.GetValues<TagDimension>(), d => Assert.Throws<ArgumentException>(() => CallTags.None.With(d, value)));
        Assert.Throws<ArgumentException>(() => new CallTags { Team = value });
    }

    [Fact]
    public void With_GivenAHundredCharacters_KeepsThemAndNotOneMore()
    {
        Assert.Equal(new string('x', 100), CallTags.None.With(TagDimension.App, new string('x', 100)).App);
        var thrown = Assert.Throws<ArgumentException>(() => CallTags.None.With(TagDimension.App, new string('x', 101)));

        Assert.Equal("A tag is 1 to 100 characters, without control characters and without / \\ # ? |; this one has 101 characters.", thrown.Message);
    }

    [Fact]
    public void With_GivenEachDimension_SetsThatOneAlone()
    {
        var tags = Enum.GetValues<TagDimension>().Aggregate(CallTags.None, (all, d) => all.With(d, d.ToString()[..1].ToLowerInvariant()));

        Assert.Equal(Whole, tags);
        Assert.All(Enum.GetValues<TagDimension>(), d => Assert.Equal(Whole with { }, Whole.With(d, "x").With(d, Whole[d])));
        Assert.All(Enum.GetValues<TagDimension>(), d => Assert.Single(Enum.GetValues<TagDimension>(), other => Whole.With(d, null)[other] is null));
    }

    [Fact]
    public void Over_GivenTagsInBoth_KeepsItsOwnAndTakesTheRest()
    {
        var tags = new CallTags { Team = "search", User = "u7" };

        Assert.Equal(new CallTags { Team = "search", App = "a", Feature = "f", User = "u7", Experiment = "e" }, tags.Over(Whole));
        Assert.Equal(Whole, CallTags.None.Over(Whole));
        Assert.Equal(tags, tags.Over(CallTags.None));
    }

    [Fact]
    public void Meet_GivenWhatIsWanted_ComparesThoseDimensionsAlone()
    {
        var tags = new CallTags { Team = "search", Feature = "rank" };

        Assert.True(tags.Meet(CallTags.None));
        Assert.True(tags.Meet(new CallTags { Team = "search" }));
        Assert.True(tags.Meet(new CallTags { Team = "search", Feature = "rank", App = CallTags.NoValue }));
        Assert.False(tags.Meet(new CallTags { Team = "Search" }));
        Assert.False(tags.Meet(new CallTags { Team = "search", User = "u7" }));
        Assert.False(tags.Meet(new CallTags { Team = CallTags.NoValue }));
    }
}
