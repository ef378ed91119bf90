using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Import;
using CostMonitor.Core.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Pricing.Import;

/// <summary>The importers over the whole files as their projects published them.</summary>
public sealed class RealFilesTests
{
    private static readonly ImportedPrices LiteLlm2025 = ImportFiles.LiteLlm(ImportFiles.Read(ImportFiles.LiteLlm2025), ImportFiles.Day2025);
    private static readonly ImportedPrices LiteLlm2026 = ImportFiles.LiteLlm(ImportFiles.Read(ImportFiles.LiteLlm2026), ImportFiles.Day2026);
    private static readonly ImportedPrices GenAi = ImportFiles.GenAiPricesOf(ImportFiles.Read(ImportFiles.GenAi), ImportFiles.DayGenAi);

    [Theory]
    [InlineData(ImportFiles.LiteLlm2025)]
    [InlineData(ImportFiles.LiteLlm2026)]
    public void Read_GivenLiteLlm_AccountsForEveryField(string file)
    {
        var imported = file == ImportFiles.LiteLlm2025 ? LiteLlm2025 : LiteLlm2026;
        var skipped = imported.Skipped.Select(n => (n.Entry, n.Field)).ToHashSet();
        var rows = imported.Models.SelectMany(m => m.Prices).Concat(imported.Conflicts.SelectMany(c => new[] { c.First, c.Second })).ToLookup(p => p.Model);
        using var document = JsonDocument.Parse(ImportFiles.Read(file));

        var lost = new List<string>();
        foreach (var entry in document.RootElement.EnumerateObject())
        {
            if (skipped.Contains((entry.Name, "")) && !entry.Value.TryGetProperty("mode", out _)) continue;
            if (entry.Name == "sample_spec" || !LiteLlmName.TryParse(entry.Name, entry.Value.GetProperty("litellm_provider").GetString() ?? "", out var name)) continue;
            foreach (var field in entry.Value.EnumerateObject())
            {
                if (LiteLlmField.IsFact(field.Name) || skipped.Contains((entry.Name, field.Name))) continue;
                if (!rows[name.Model].Any(r => Holds(r, field))) lost.Add($"{entry.Name} {field.Name} {field.Value}");
            }
        }

        Assert.Empty(lost);
    }

    [Fact]
    public void Read_GivenGenAiPrices_AccountsForEveryFigure()
    {
        var skipped = GenAi.Skipped.Select(n => (n.Entry, n.Field)).ToHashSet();
        var rows = GenAi.Models.SelectMany(m => m.Prices).ToLookup(p => p.Model.Model);
        using var document = JsonDocument.Parse(ImportFiles.Read(ImportFiles.GenAi));

        var lost =
            from provider in document.RootElement.EnumerateArray()
            from model in provider.GetProperty("models").EnumerateArray()
            let id = model.GetProperty("id").GetString() ?? ""
            let entry = $"{provider.GetProperty("id").GetString()}/{id}"
            where !skipped.Contains((entry, ""))
            from item in Items(model.GetProperty("prices"))
            where !skipped.Contains((entry, item.Path))
            from field in item.Prices.EnumerateObject()
            where !skipped.Contains((entry, field.Name)) && !skipped.Contains((entry, $"{item.Path}.{field.Name}"))
            from figure in Figures(field.Value)
            where !rows[id].Any(r => r.PerRequest == figure / 1000 || States(r, figure))
            select $"{entry} {field.Name} {figure}";

        Assert.Empty(lost);
    }

    [Theory]
    [InlineData(ImportFiles.LiteLlm2025, 953, 792, 161)]
    [InlineData(ImportFiles.LiteLlm2026, 2576, 1158, 307)]
    [InlineData(ImportFiles.GenAi, 1307, 191, 159)]
    public void Read_GivenAWholeFile_ImportsAndSkipsSoMuch(string file, int models, int skipped, int withoutPrice)
    {
        var imported = file switch { ImportFiles.LiteLlm2025 => LiteLlm2025, ImportFiles.LiteLlm2026 => LiteLlm2026, _ => GenAi };

        Assert.Equal(
            (models, skipped, withoutPrice),
            (imported.Models.Count, imported.Skipped.Count, imported.Skipped.Count(n => n is { Field: "", Reason: SkipReasons.NoPrice })));
    }

    [Fact]
    public void Read_GivenTheSlimFile_ReadsTheSamePricesAsFromTheWholeOne()
    {
        var slim = ImportFiles.GenAiPricesOf(ImportFiles.Read(ImportFiles.GenAiSlim), ImportFiles.DayGenAi);

        Assert.Equal(Written(GenAi), Written(slim));
    }

    [Fact]
    public void Read_GivenTheFileOfVersion1_ReadsIt() =>
        Assert.Equal(1283, ImportFiles.GenAiPricesOf(ImportFiles.Read(ImportFiles.GenAiV1Slim), ImportFiles.DayGenAi).Models.Count);

    [Fact]
    public void Read_GivenKnownModels_HasThePricesOfTheirProviders()
    {
        // OpenAI, gpt-4.1: 2 and 8 USD a million, cached 0.50, batch half of that; Anthropic, claude-opus-4-5: 5 and 25, writes 6.25 and 10.
        var catalog = new PriceCatalog(LiteLlm2026.Models);
        var usage = new TokenUsage { Input = 1_000_000, CachedInput = 1_000_000, Output = 1_000_000 };
        var written = new TokenUsage { CacheWrite = 1_000_000, CacheWriteOneHour = 1_000_000 };

        Assert.Equal(10.5m, Cost(catalog, new Offer(ModelKey.Parse("openai:gpt-4.1")), usage));
        Assert.Equal(5m, Cost(catalog, new Offer(ModelKey.Parse("openai:gpt-4.1"), ServiceTier.Batch), new TokenUsage { Input = 1_000_000, Output = 1_000_000 }));
        Assert.Equal(30.5m, Cost(catalog, new Offer(ModelKey.Parse("anthropic:claude-opus-4-5")), usage));
        Assert.Equal(16.25m, Cost(catalog, new Offer(ModelKey.Parse("anthropic:claude-opus-4-5")), written));
    }

    [Fact]
    public void Apply_GivenTwoDatesOfLiteLlm_KeepsBothPricesOnTheirDays()
    {
        var first = ImportFiles.Apply(new PriceCatalog([]), LiteLlm2025, ImportFiles.Day2025);
        var changes = CatalogChanges.Between(first, LiteLlm2026, ImportFiles.Day2026);

        var both = ImportFiles.Apply(first, LiteLlm2026, ImportFiles.Day2026);

        var o3 = new Offer(ModelKey.Parse("azure-openai:o3-2025-04-16"), Deployment: DeploymentType.Global);
        var usage = new TokenUsage { Input = 1_000_000 };
        Assert.Equal((10m, 10m, 2m), (Cost(both, o3, usage, ImportFiles.Day2025), Cost(both, o3, usage, ImportFiles.Day2026.AddDays(-1)), Cost(both, o3, usage, ImportFiles.Day2026)));
        Assert.All(first.Prices, p => Assert.True(PriceFigures.AreSame(p, both.Find(p.Offer, ImportFiles.Day2026.AddDays(-1)) ?? throw new InvalidOperationException($"{p.Offer} lost its past."))));
        Assert.Equal((953, 0), (LiteLlm2025.Models.Count, LiteLlm2025.Conflicts.Count));
        Assert.Equal((2025, 95, 210, 4, 701, 95), Counts(changes));
    }

    [Fact]
    public void Between_GivenGenAiPricesOverLiteLlm_FindsSoMuch() =>
        Assert.Equal((1057, 143, 776, 0, 118, 78), Counts(CatalogChanges.Between(new PriceCatalog(LiteLlm2026.Models), GenAi, ImportFiles.DayGenAi)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Apply_GivenAnyRealFileOverTheBuiltInCatalog_LeavesNothingToApply(bool isLiteLlm)
    {
        var (imported, day) = isLiteLlm ? (LiteLlm2026, ImportFiles.Day2026) : (GenAi, ImportFiles.DayGenAi);

        var after = ImportFiles.Apply(PriceCatalog.BuiltIn, imported, day);

        Assert.Empty(CatalogChanges.Between(after, imported, day).Apply(_ => true));
    }

    [Fact]
    public void Apply_GivenAnyModelsOfTheSource_LeavesNothingToApplyAndThePastAsItWas()
    {
        var chosen = Gen.Choose(0, LiteLlm2026.Models.Count - 1).NonEmptyListOf().Select(indexes => indexes.Distinct().Select(i => LiteLlm2026.Models[i]).ToArray()).ToArbitrary();
        Prop.ForAll(chosen, models =>
        {
            var part = new ImportedPrices(models, []);
            var after = ImportFiles.Apply(PriceCatalog.BuiltIn, part, ImportFiles.Day2026);
            var before = ImportFiles.Day2026.AddDays(-1);
            return CatalogChanges.Between(after, part, ImportFiles.Day2026).Apply(_ => true).Count == 0
                && PriceCatalog.BuiltIn.Prices.Where(p => p.HoldsOn(before)).All(p => after.Find(p.Offer, before) is { } past && PriceFigures.AreSame(p, past));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(15));
    }

    [Fact]
    public void Read_GivenTheEntriesInAnyOrder_ReadsTheSame()
    {
        var root = JsonNode.Parse(ImportFiles.Read(ImportFiles.LiteLlm2025))?.AsObject() ?? [];
        var entries = root.Select(e => (e.Key, Json: e.Value?.ToJsonString() ?? "null")).ToArray();
        Prop.ForAll(Gen.Shuffle(entries).ToArbitrary(), shuffled =>
        {
            var imported = ImportFiles.LiteLlm($"{{{string.Join(",", shuffled.Select(e => $"{JsonSerializer.Serialize(e.Key)}:{e.Json}"))}}}", ImportFiles.Day2025);
            return Written(imported) == Written(LiteLlm2025) && imported.Skipped.SequenceEqual(LiteLlm2025.Skipped) && imported.Conflicts.Count == LiteLlm2025.Conflicts.Count;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5));
    }

    private static (int Added, int Changed, int Removed, int Conflicting, int Unchanged, int Quarantined) Counts(CatalogChanges changes) => (
        changes.Of(CatalogChangeKind.Added).Count(), changes.Of(CatalogChangeKind.Changed).Count(), changes.Of(CatalogChangeKind.Removed).Count(),
        changes.Of(CatalogChangeKind.Conflicting).Count(), changes.Of(CatalogChangeKind.Unchanged).Count(), changes.All.Count(c => c.IsQuarantined));

    private static string Written(ImportedPrices imported) =>
        string.Concat(imported.Models.GroupBy(m => m.Key.Provider).Select(p => PriceFileWriter.Write(p.Key, p)));

    private static decimal? Cost(PriceCatalog catalog, Offer offer, TokenUsage usage, DateOnly? day = null) => catalog.Find(offer, day ?? ImportFiles.Day2026)?.CostOf(usage).Amount?.Amount;

    /// <summary>True if a row states the field's figure somewhere, in dollars per million tokens, request or image.</summary>
    private static bool Holds(Price row, JsonProperty field)
    {
        var figure = decimal.Parse(field.Value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
        return row.PerRequest == figure || row.PerImage == figure || States(row, figure * 1_000_000);
    }

    private static bool States(Price row, decimal perMillion) =>
        row.PromptTiers.Select(t => t.PerMillionTokens).Prepend(row.PerMillionTokens).Any(r => r.Stated.Any(s => s.Value.PerMillion == perMillion));

    private static IEnumerable<(string Path, JsonElement Prices)> Items(JsonElement prices) => prices.ValueKind == JsonValueKind.Object
        ? [("prices", prices)]
        : prices.EnumerateArray().Select((item, i) => ($"prices[{i}]", item.GetProperty("prices")));

    private static IEnumerable<decimal> Figures(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? [value.GetDecimal()]
        : value.GetProperty("tiers").EnumerateArray().Select(t => t.GetProperty("price").GetDecimal()).Prepend(value.GetProperty("base").GetDecimal());
}
