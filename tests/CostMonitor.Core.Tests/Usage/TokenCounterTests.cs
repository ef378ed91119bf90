using CostMonitor.Core.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Usage;

public sealed class TokenCounterTests
{
    [Fact]
    public void Tokens_GivenATextInAnyPieces_AreThoseOfTheWhole() =>
        Prop.ForAll(
            Gen.Elements("inter", "national", " ", "日本", "😀", "a", "1234567", ", ", "é", "").ListOf().ToArbitrary(),
            pieces =>
            {
                var counter = default(TokenCounter);
                foreach (var piece in pieces) counter.Add(piece);
                return counter.Tokens == TokenEstimator.Count(string.Concat(pieces));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Tokens_GivenSingleLetters_DoNotCountEach()
    {
        var counter = default(TokenCounter);
        for (var i = 0; i < 8; i++) counter.Add("x");

        Assert.Equal(2, counter.Tokens);
    }
}
