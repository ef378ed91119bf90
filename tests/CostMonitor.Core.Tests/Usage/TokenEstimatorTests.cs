using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Usage;

public sealed class TokenEstimatorTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("   \n\t", 0)]
    [InlineData("four", 1)]
    [InlineData("fiver", 2)] // 5 letters: two started fours
    [InlineData("Hello, world!", 6)] // 2 + 1 + 2 + 1
    [InlineData("12345678", 2)]
    [InlineData("日本語", 3)]
    [InlineData("😀", 1)] // one surrogate pair, one token
    [InlineData("e\u0301", 2 - 1)] // a combining mark adds none
    public void Count_GivenText_FollowsTheWrittenRule(string text, long tokens) => Assert.Equal(tokens, TokenEstimator.Count(text));

    [Fact]
    public void CountPrompt_GivenASystemAndAUserMessage_AddsThreeForEachAndThreeForTheReply()
    {
        var tokens = TokenEstimator.CountPrompt("Be brief", null, "four");

        Assert.Equal(3 + (3 + 1 + 2) + (3 + 1), tokens);
    }
}
