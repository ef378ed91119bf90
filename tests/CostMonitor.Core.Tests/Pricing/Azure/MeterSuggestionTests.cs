using CostMonitor.Core.Pricing.Azure;

namespace CostMonitor.Core.Tests.Pricing.Azure;

public sealed class MeterSuggestionTests
{
    [Theory]
    [InlineData("gpt 4.1 mini cached Inp glbl Tokens", "gpt-4.1-mini, cachedInput, global")]
    [InlineData("7.2 sol ShortCo Cd Wr Std DZ 1M Tokens", "gpt-7.2-sol, cacheWrite, data-zone")]
    [InlineData("7.2 sol LongCo Opt PP Gl 1M Tokens", "gpt-7.2-sol, output, global, priority, above 272000")]
    [InlineData("gpt 4o mini0718 BatchOutp DataZone Tokens", "gpt-4o-mini0718, output, data-zone, batch")]
    [InlineData("gpt-4o-transcribe-txt-inp-glbl Tokens", "gpt-4o-transcribe, input, global")]
    public void Of_GivenANameThatCanBeRead_SaysWhatItLooksLike(string name, string expected) => Assert.Equal(expected, MeterSuggestion.Of(name)?.ToString());

    [Theory]
    [InlineData("gpt-4.1-mini FT Training regional Tokens")] // training is no call
    [InlineData("Sora 720p 1-5s glbl Video")]
    [InlineData("Provisioned Managed Global Unit")]
    [InlineData("gpt 4.1 Inp Tokens")] // no deployment
    [InlineData("gpt 4.1 glbl Tokens")] // no direction
    [InlineData("Inp glbl Tokens")] // no model
    [InlineData("gpt 4.1 Inp Outp glbl Tokens")] // two directions
    public void Of_GivenAnotherName_SaysNothing(string name) => Assert.Null(MeterSuggestion.Of(name));
}
