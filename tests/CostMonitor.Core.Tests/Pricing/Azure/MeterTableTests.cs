using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Azure;
using CostMonitor.Core.Usage;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Pricing.Azure;

public sealed class MeterTableTests
{
    /// <summary>Names and what they are, as https://github.com/guygregory/modelmeters.com lists their prices beside them.</summary>
    [Theory]
    [InlineData("gpt 4.1 mini cached Inp glbl Tokens", "gpt-4.1-mini, cachedInput, global")]
    [InlineData("gpt 4.1 mini cached Inp DZone Tokens", "gpt-4.1-mini, cachedInput, data-zone")]
    [InlineData("gpt-4o-0806-Batch-Outp-glbl Tokens", "gpt-4o-2024-08-06, output, global, batch")]
    [InlineData("gpt 4o mini0718 BatchOutp DataZone Tokens", "gpt-4o-mini, output, data-zone, batch")]
    [InlineData("o4-mini 0416 cached Inp DataZone Tokens", "o4-mini, cachedInput, data-zone")]
    [InlineData("GPT 5 Rsng outpt Glbl 1M Tokens", "gpt-5, output, global")]
    [InlineData("GPT 5 Nano Batch Inpt cchd Dzone 1M Tokens", "gpt-5-nano, cachedInput, data-zone, batch")]
    [InlineData("5.1 codex mini opt Dz 1M Tokens", "gpt-5.1-codex-mini, output, data-zone")]
    [InlineData("5.2 pp cd inp Gl 1M Tokens", "gpt-5.2, cachedInput, global, priority")]
    [InlineData("5.4 longco opt Gl 1M Tokens", "gpt-5.4, output, global, above 272000")]
    [InlineData("56luna LoCo Cd Wr Fl Gl 1M Tokens", "gpt-5.6-luna, cacheWrite, global, flex, above 272000")]
    [InlineData("gpt rt img 0828 cchd Inp DZn Tokens", "gpt-realtime, cachedImageInput, data-zone")]
    [InlineData("gpt-4.1-ft hosting global Unit", "gpt-4.1-ft, hour, global")]
    [InlineData("text-embedding-3-small-glbl Tokens", "text-embedding-3-small, input, global")]
    [InlineData("Provisioned Managed Data Zone Unit", "provisioned-managed, hour, data-zone, provisioned")]
    public void BuiltIn_GivenANameOfTheList_SaysWhatItPrices(string name, string expected) => Assert.Equal(expected, MeterTable.BuiltIn.Find(Meter(name))?.ToString());

    [Theory]
    [InlineData("GPT 4.1 MINI CACHED INP GLBL TOKENS")]
    [InlineData("gpt 4.1 mini cached inp glbl tokens")]
    public void Find_GivenAnotherCase_FindsTheSame(string name) =>
        Assert.Equal("gpt-4.1-mini, cachedInput, global", MeterTable.BuiltIn.Find(Meter(name))?.ToString());

    [Fact]
    public void Find_GivenTheUnitsOfAnotherVendor_FindsNothing() =>
        Assert.Null(MeterTable.BuiltIn.Find(Meter("Provisioned Managed Global Unit", "Azure Grok Models")));

    /// <summary>The free text is the referee of the table: wherever it can be read without doubt, both say the same.</summary>
    [Fact]
    public void BuiltIn_GivenEveryNameThatCanBeRead_AgreesWithItsText()
    {
        using var document = JsonDocument.Parse(Repository.Read("src/CostMonitor.Core/Pricing/Azure/meters.json"));
        var names = document.RootElement.GetProperty("meters").EnumerateArray().Select(m => m.GetProperty("meter").GetString() ?? "").ToArray();
        var read = names.Select(n => (Name: n, Rule: MeterTable.BuiltIn.Find(Meter(n)), Text: MeterSuggestion.Of(n))).Where(r => r.Text is not null).ToArray();

        var disagreeing = read.Where(r => (r.Rule?.Charge, r.Rule?.Tier, r.Rule?.Deployment, r.Rule?.PromptAbove) != (r.Text?.Charge, r.Text?.Tier, r.Text?.Deployment, r.Text?.PromptAbove)).Select(r => $"{r.Name}: {r.Rule} or {r.Text}");

        Assert.True(read.Length > 750, $"{read.Length} of {names.Length} names could be read.");
        Assert.Empty(disagreeing);
    }

    [Fact]
    public void Over_GivenTwoTables_PrefersItsOwn()
    {
        var own = MeterTable.Parse("""{"meters":[{"meter":"GPT 5 Inpt Glbl 1M Tokens","model":"mine","charge":"output","tier":"flex","deployment":"regional","promptAbove":5}]}""", "own.json");

        var both = own.Over(MeterTable.BuiltIn);

        Assert.Equal(new MeterRule("mine", TokenClass.Output, ServiceTier.Flex, DeploymentType.Regional, 5), both.Find(Meter("GPT 5 Inpt Glbl 1M Tokens")));
        Assert.Equal("gpt-5, output, global", both.Find(Meter("GPT 5 outpt Glbl 1M Tokens"))?.ToString());
        Assert.Equal(["gpt-4o-2024-11-20"], both.AliasesOf("gpt-4o"));
    }

    [Fact]
    public void Find_GivenAnIdAndAName_PrefersTheId()
    {
        var table = MeterTable.Parse(
            """{"meters":[{"meter":"m","model":"by-name","charge":"input","deployment":"global"},{"meterId":"ID","model":"by-id","charge":"input","deployment":"global"}]}""", "own.json");

        Assert.Equal("by-id", table.Find(Meter("m") with { MeterId = "id" })?.Model);
    }

    [Fact]
    public void Parse_GivenManyFaults_NamesThemAll()
    {
        const string Json = """
            {"meters":[{"model":"a b","charge":"words","deployment":"none","colour":1},{"meter":"m","model":"a","charge":"input","deployment":"global"},
            {"meter":"M","model":"b","charge":"hour","deployment":"global","promptAbove":5}, {"meterId":"i","product":"p","model":"b","charge":"input"}]}
            """;

        var fault = Assert.Throws<InputException>(() => MeterTable.Parse(Json, "own.json"));

        Assert.Equal(
            [
                "own.json $.meters[0].colour: Unknown property; expected one of meter, product, meterId, model, charge, tier, deployment, promptAbove.",
                "own.json $.meters[0]: Expected either 'meter', the meter's name, or 'meterId'.",
                "own.json $.meters[0].model: Expected a model without white space, got 'a b'.",
                "own.json $.meters[0].charge: Expected one of input, cachedInput, cacheWrite, cacheWriteOneHour, audioInput, cachedAudioInput, imageInput, cachedImageInput, output, reasoning, audioOutput, imageOutput, hour, got 'words'.",
                "own.json $.meters[0].deployment: Expected one of global, data-zone, regional, got \"none\".",
                "own.json $.meters[2]: 'promptAbove' goes with tokens, not with hours.",
                "own.json $.meters[2]: The meter stands twice.",
                "own.json $.meters[3]: 'product' goes with 'meter': a meter's id needs no product.",
                "own.json $.meters[3]: 'deployment' is missing; expected one of global, data-zone, regional.",
            ],
            fault.Faults.Select(f => f.ToString()));
    }

    internal static RetailMeter Meter(string name, string product = "Azure OpenAI") => new()
    {
        MeterId = "", MeterName = name, ProductName = product, Region = "swedencentral", UnitOfMeasure = "1K", RetailPrice = 1, Type = RetailMeter.Consumption, From = default,
    };
}
