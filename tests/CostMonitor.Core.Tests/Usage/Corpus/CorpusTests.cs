using System.Globalization;
using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;
using CostMonitor.Core.Usage.Payloads;

namespace CostMonitor.Core.Tests.Usage.Corpus;

/// <summary>Payloads as providers report them, against results that were worked out without this code.</summary>
public sealed class CorpusTests
{
    public static TheoryData<string, string> Believed => Where(static c => c is { Doubt: null, ReportsNothing: false });

    public static TheoryData<string, string> Doubted => Where(static c => c.Doubt is not null);

    public static TheoryData<string, string> Silent => Where(static c => c.ReportsNothing);

    public static TheoryData<string, string> Estimated => Where(static c => c.Estimate is not null);

    [Fact]
    public void Corpus_GivenAllFiles_HasEveryFlavorAndEnoughCases()
    {
        Assert.Empty(Enum.GetValues<UsageFlavor>().Except(UsageCase.All.Select(static c => c.Flavor)));
        Assert.True(UsageCase.All.Count >= 300, $"{UsageCase.All.Count} cases.");
        Assert.Empty(UsageCase.All.GroupBy(static c => c.ToString()).Where(static g => g.Count() > 1).Select(static g => g.Key));
    }

    [Theory]
    [MemberData(nameof(Believed))]
    public void TryNormalise_GivenAPayload_PutsEachTokenIntoOneClass(string file, string name)
    {
        var given = Find(file, name);

        var isBelieved = Read(given).TryNormalise(given.HasOutput, out var tokens, out var doubt);

        Assert.Equal((true, ""), (isBelieved, doubt));
        Assert.Equal(given.Tokens, tokens);
        Assert.Equal(given.Total, tokens.Total);
    }

    [Theory]
    [MemberData(nameof(Believed))]
    public void CostOf_GivenAPayload_IsExact(string file, string name)
    {
        var given = Find(file, name);
        Read(given).TryNormalise(given.HasOutput, out var tokens, out _);

        var cost = given.Price().CostOf(tokens);

        Assert.Equal(given.Cost, Shown(cost.Amount?.Amount));
        Assert.Equal(given.Cost is null, cost.UnpricedReason is not null);
        if (given.Json.TryGetProperty("costElsewhere", out var elsewhere)) Assert.Equal(elsewhere.GetString(), given.Cost);
    }

    [Theory]
    [MemberData(nameof(Doubted))]
    public void TryNormalise_GivenImpossibleFigures_SaysWhyAndGivesNoTokens(string file, string name)
    {
        var given = Find(file, name);

        var isBelieved = Read(given).TryNormalise(given.HasOutput, out var tokens, out var doubt);

        Assert.Equal((false, default(TokenUsage)), (isBelieved, tokens));
        Assert.Contains(given.Doubt ?? "", doubt, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Silent))]
    public void Read_GivenNoFigures_GivesNoUsageInsteadOfZeros(string file, string name)
    {
        var given = Find(file, name);

        Assert.Null(UsagePayload.Read(given.Flavor, given.Payload));
    }

    [Theory]
    [MemberData(nameof(Estimated))]
    public void Estimate_GivenACallWithoutUsage_CountsWhatWasSentAndWhatCame(string file, string name)
    {
        var given = Find(file, name);
        Assert.True(given.Estimate is not null);
        var asked = given.Estimate.Value;

        var tokens = new TokenUsage
        {
            Input = TokenEstimator.CountPrompt([.. asked.GetProperty("messages").EnumerateArray().Select(static m => m.GetString())]),
            Output = TokenEstimator.Count(asked.GetProperty("text").GetString()),
            Reasoning = TokenEstimator.Count(asked.TryGetProperty("reasoning", out var reasoning) ? reasoning.GetString() : ""),
        };

        Assert.Equal(given.Tokens, tokens);
        Assert.Equal(given.Cost, Shown(given.Price().CostOf(tokens).Amount?.Amount));
    }

    [Fact]
    public void TryDetect_GivenEveryPayload_FindsItsFlavorOrSaysThatItIsAmbiguous()
    {
        var wrong = from given in UsageCase.All
                    where given is { Doubt: null, ReportsNothing: false }
                    let found = UsagePayload.TryDetect(given.Payload, out var flavor, out var problem) ? EnumNames.Of(flavor) : "ambiguous: " + problem
                    let expected = given.Detected == "ambiguous" ? "ambiguous: The usage fits the flavors responses and anthropic; name the one that it is." : given.Detected
                    where found != expected
                    select $"{given}: {found}";

        Assert.Empty(wrong);
    }

    private static TheoryData<string, string> Where(Func<UsageCase, bool> isMeant)
    {
        var cases = new TheoryData<string, string>();
        foreach (var given in UsageCase.All.Where(isMeant)) cases.Add(given.File, given.Name);
        return cases;
    }

    private static UsageCase Find(string file, string name) => UsageCase.All.Single(c => c.File == file && c.Name == name);

    private static ReportedUsage Read(UsageCase given) => Assert.NotNull(UsagePayload.Read(given.Flavor, given.Payload));

    private static string? Shown(decimal? cost) => cost?.ToString("0.############################", CultureInfo.InvariantCulture);
}
