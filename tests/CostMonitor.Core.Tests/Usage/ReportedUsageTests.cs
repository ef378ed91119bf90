using CostMonitor.Core.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Usage;

public sealed class ReportedUsageTests
{
    // Small figures, so that parts often fit their wholes and often do not.
    private static readonly Gen<long?> Figure = Gen.OneOf(Gen.Constant<long?>(null), Gen.Choose(-1, 40).Select(static n => (long?)n));

    private static readonly Arbitrary<ReportedUsage> Any = (
        from cache in Gen.Elements(PartPlace.Inside, PartPlace.Beside)
        from reasoning in Gen.Elements(Enum.GetValues<PartPlace>())
        from input in Gen.Choose(0, 200)
        from output in Gen.Choose(0, 200)
        from n in Figure.ArrayOf(14)
        select new ReportedUsage
        {
            Convention = new UsageConvention(cache, reasoning), Input = input, Output = output, CachedInput = n[0], UncachedInput = null,
            CacheWrite = n[1], CacheWriteShort = n[2], CacheWriteOneHour = n[3], AudioInput = n[4], ImageInput = n[5], CachedAudioInput = n[6],
            CachedImageInput = n[7], ToolUseInput = n[8], AudioOutput = n[9], ImageOutput = n[10], Reasoning = n[11],
        }).ToArbitrary();

    [Fact]
    public void TryNormalise_GivenAnyFigures_CountsEachTokenOnceOrSaysWhyNot() => Prop.ForAll(Any, static usage =>
    {
        var isBelieved = usage.TryNormalise(hasOutput: true, out var tokens, out var doubt);
        if (!isBelieved) return doubt.Length > 0 && tokens == default;
        var (cached, written) = (usage.CachedInput ?? Or(usage.CachedAudioInput) + Or(usage.CachedImageInput), usage.CacheWrite ?? Or(usage.CacheWriteShort) + Or(usage.CacheWriteOneHour));
        var prompt = Or(usage.Input) + Or(usage.ToolUseInput) + (usage.Convention.Cache == PartPlace.Beside ? cached + written : 0);
        var answer = Or(usage.Output) + (usage.Convention.Reasoning == PartPlace.Beside ? Or(usage.Reasoning) : 0);
        return doubt.Length == 0 && (tokens.TotalInput, tokens.TotalOutput) == (prompt, answer);
    }).QuickCheckThrowOnFailure();

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

    private static long Or(long? figure) => figure ?? 0;
}
