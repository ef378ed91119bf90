using CostMonitor.Core.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Usage;

public sealed class ReportedUsageTests
{
    // Parts that mostly fit their wholes; with a negative one now and then, and wholes that are not stated.
    private static readonly Gen<long?> Part = Gen.Frequency((10, Gen.Constant<long?>(null)), (20, Among(0, 8)), (1, Among(-1, -1)));

    private static readonly Gen<long?> Whole = Gen.Frequency((10, Gen.Constant<long?>(null)), (20, Among(8, 30)), (1, Among(0, 8)));

    private static readonly Arbitrary<ReportedUsage> Any = (
        from cache in Gen.Elements(PartPlace.Inside, PartPlace.Beside)
        from reasoning in Gen.Elements(Enum.GetValues<PartPlace>())
        from input in Gen.Choose(0, 200)
        from output in Gen.Choose(0, 100)
        from w in Whole.ArrayOf(7)
        from p in Part.ArrayOf(4)
        select new ReportedUsage
        {
            Convention = new UsageConvention(cache, reasoning), Input = input, Output = output, CachedInput = w[0], CacheWrite = w[1],
            CacheWriteOneHour = p[0], AudioInput = w[2], ImageInput = w[3], CachedAudioInput = p[1], CachedImageInput = p[2], ToolUseInput = p[3],
            AudioOutput = w[4], ImageOutput = w[5], Reasoning = w[6],
        }).ToArbitrary();

    [Fact]
    public void TryNormalise_GivenAnyFigures_CountsEachTokenOnceOrSaysWhyNot()
    {
        var believed = 0;
        Prop.ForAll(Any, usage => Holds(usage, ref believed)).QuickCheckThrowOnFailure();
        Assert.True(believed > 20, $"Only {believed} of 100 were believed, which proves little.");
    }

    [Fact]
    public void TryNormalise_GivenFiguresAsLargeAsTheyCanBe_DoubtsThemWithoutOverflow()
    {
        var usage = new ReportedUsage { Input = long.MaxValue, Output = long.MaxValue, Reasoning = long.MaxValue, ToolUseInput = long.MaxValue };

        Assert.False(usage.TryNormalise(hasOutput: true, out _, out var doubt));
        Assert.Equal("a figure of 9223372036854775807 tokens is absurd", doubt);
    }

    [Fact]
    public void Then_GivenALaterReport_TakesItsFiguresAndKeepsTheOthers()
    {
        var first = new ReportedUsage { Input = 21, CachedInput = 1500, CacheWrite = 188, CacheWriteShort = 188, Output = 1 };

        var both = first.Then(new ReportedUsage { Output = 393 });

        Assert.Equal(first with { Output = 393 }, both);
    }

    [Fact]
    public void Then_GivenMoreWrittenTokensWithoutTheirTimes_CountsTheNewOnesForTheShortTime()
    {
        var convention = new UsageConvention(Cache: PartPlace.Beside);
        var first = new ReportedUsage { Convention = convention, Input = 21, CacheWrite = 300, CacheWriteShort = 200, CacheWriteOneHour = 100, Output = 1 };

        first.Then(new ReportedUsage { Convention = convention, CacheWrite = 350, Output = 9 }).TryNormalise(true, out var tokens, out _);

        Assert.Equal(new TokenUsage { Input = 21, CacheWrite = 250, CacheWriteOneHour = 100, Output = 9 }, tokens);
    }

    private static bool Holds(ReportedUsage usage, ref int believed)
    {
        var isBelieved = usage.TryNormalise(hasOutput: true, out var tokens, out var doubt);
        if (!isBelieved) return doubt.Length > 0 && tokens == default;
        var (cached, written) = (usage.CachedInput ?? Or(usage.CachedAudioInput) + Or(usage.CachedImageInput), usage.CacheWrite ?? Or(usage.CacheWriteShort) + Or(usage.CacheWriteOneHour));
        var prompt = Or(usage.Input) + Or(usage.ToolUseInput) + (usage.Convention.Cache == PartPlace.Beside ? cached + written : 0);
        var answer = Or(usage.Output) + (usage.Convention.Reasoning == PartPlace.Beside ? Or(usage.Reasoning) : 0);
        believed++;
        return doubt.Length == 0 && (tokens.TotalInput, tokens.TotalOutput) == (prompt, answer);
    }

    private static Gen<long?> Among(int least, int most) => Gen.Choose(least, most).Select(static n => (long?)n);

    private static long Or(long? figure) => figure ?? 0;
}
