using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Import;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Pricing.Import;

public sealed class CatalogChangesTests
{
    private static readonly DateOnly Start = new(2026, 1, 1);
    private static readonly DateOnly Day = new(2026, 8, 1);
    private static readonly ModelKey Model = new("acme", "m");

    [Fact]
    public void Between_GivenEveryKind_TellsThemApart()
    {
        var catalog = Catalog([Row("same", 1), Row("dearer", 1), Row("gone", 1)]);
        var source = Source([Row("same", 1, Day), Row("dearer", 1.5m, Day), Row("fresh", 3, Day)]);

        var changes = CatalogChanges.Between(catalog, source, Day);

        Assert.Equal(
            [("acme:dearer", CatalogChangeKind.Changed), ("acme:fresh", CatalogChangeKind.Added), ("acme:gone", CatalogChangeKind.Removed), ("acme:same", CatalogChangeKind.Unchanged)],
            changes.All.Select(c => (c.Offer.ToString(), c.Kind)));
        Assert.All(changes.All, c => Assert.Empty(c.Quarantine));
    }

    [Fact]
    public void Between_GivenAProviderThatTheSourceDoesNotCover_LeavesItAlone()
    {
        var catalog = Catalog([Row("m", 1), Row("m", 1) with { Offer = new Offer(new ModelKey("other", "m")) }]);

        Assert.Equal([CatalogChangeKind.Unchanged], CatalogChanges.Between(catalog, Source([Row("m", 1, Day)]), Day).All.Select(c => c.Kind));
    }

    [Theory]
    [InlineData(1, 2, null)] // just a factor of 2
    [InlineData(2, 1, null)]
    [InlineData(2, 4.1, "input moves from 2 per million tokens to 4.1 per million tokens, up by a factor of 2.05")]
    [InlineData(4.1, 2, "input moves from 4.1 per million tokens to 2 per million tokens, down by a factor of 2.05")]
    [InlineData(3, 0, "input moves from 3 per million tokens to 0 per million tokens: it falls to 0")]
    [InlineData(0, 3, "input moves from 0 per million tokens to 3 per million tokens: it rises from 0")]
    [InlineData(0.15, 150, "input moves from 0.15 per million tokens to 150 per million tokens, up by a factor of 1000: it looks like a unit mixed up")]
    public void Between_GivenAMove_QuarantinesMoreThanAFactorOf2(double before, double after, string? reason)
    {
        var change = Assert.Single(CatalogChanges.Between(Catalog([Row("m", (decimal)before)]), Source([Row("m", (decimal)after, Day)]), Day).All);

        Assert.Equal(CatalogChangeKind.Changed, change.Kind);
        Assert.Equal(reason is null ? [] : [reason], change.Quarantine);
    }

    [Fact]
    public void Between_GivenAUnitThatChanges_QuarantinesIt()
    {
        var before = Row("m", 1) with { PerMillionTokens = TokenRates.Of((TokenClass.Input, 1m), (TokenClass.ImageOutput, 40m)) };
        var after = Row("m", 1, Day) with { PerImage = 0.04m };

        var change = Assert.Single(CatalogChanges.Between(Catalog([before]), Source([after]), Day).All);

        Assert.Equal(["imageOutput was 40 per million tokens and has no price any more; image is new, 0.04 per image: the unit changes"], change.Quarantine);
    }

    [Fact]
    public void Between_GivenLongPromptsWithoutPricesOfTheirOwnAnyMore_QuarantinesIt()
    {
        var before = Row("m", 3) with { PromptTiers = [new PromptTier(200_000, TokenRates.Of((TokenClass.Input, 6m)))] };

        var change = Assert.Single(CatalogChanges.Between(Catalog([before]), Source([Row("m", 3, Day)]), Day).All);

        Assert.Equal(["prompts of more than 200000 tokens had prices of their own and have none any more"], change.Quarantine);
    }

    [Fact]
    public void Between_GivenAnotherCurrency_QuarantinesIt()
    {
        var change = Assert.Single(CatalogChanges.Between(Catalog([Row("m", 1) with { Currency = "EUR" }]), Source([Row("m", 1, Day)]), Day).All);

        Assert.Equal(["the currency was EUR and becomes USD"], change.Quarantine);
    }

    [Fact]
    public void Between_GivenALimitThatMoves_ComparesAtEveryLimit()
    {
        var before = Row("m", 1) with { PromptTiers = [new PromptTier(100, TokenRates.Of((TokenClass.Input, 2m)))] };
        var after = Row("m", 1, Day) with { PromptTiers = [new PromptTier(200, TokenRates.Of((TokenClass.Input, 2.5m)))] };

        var change = Assert.Single(CatalogChanges.Between(Catalog([before]), Source([after]), Day).All);

        Assert.Equal(
            [new FigurePair("input above 100", PriceUnit.MillionTokens, 2m, 1m), new FigurePair("input above 200", PriceUnit.MillionTokens, 2m, 2.5m)], change.Figures);
    }

    [Theory]
    [InlineData(0, "every figure is 0: free, or not known to the source")]
    [InlineData(15000, "input is 15000 per million tokens, more than any provider asks: it looks like a unit mixed up")]
    public void Between_GivenAnOddNewPrice_QuarantinesIt(int figure, string reason) =>
        Assert.Equal([reason], Assert.Single(CatalogChanges.Between(Catalog([]), Source([Row("m", figure, Day)]), Day).All).Quarantine);

    [Fact]
    public void Between_GivenAClassOfItsOwnAtThePriceItHadAnyway_IsUnchanged()
    {
        var before = Row("m", 1) with { PerMillionTokens = TokenRates.Of((TokenClass.Output, 4m)) };
        var after = Row("m", 1, Day) with { PerMillionTokens = TokenRates.Of((TokenClass.Output, 4m), (TokenClass.Reasoning, 4m)) };

        Assert.Equal(CatalogChangeKind.Unchanged, Assert.Single(CatalogChanges.Between(Catalog([before]), Source([after]), Day).All).Kind);
    }

    [Fact]
    public void Between_GivenARowOfThatDayFromAnotherSource_IsAConflictAndIsNotApplied()
    {
        var changes = CatalogChanges.Between(Catalog([Row("m", 1, Day) with { Source = "contract" }]), Source([Row("m", 1.5m, Day)]), Day);

        Assert.Equal((CatalogChangeKind.Conflicting, "the source, and the catalog's row of that day from contract"), (changes.All[0].Kind, changes.All[0].Conflict));
        Assert.Empty(changes.Apply(_ => true));
    }

    [Fact]
    public void Between_GivenEntriesThatContradictEachOther_IsAConflictAndRemovesNothing()
    {
        var source = Source([]) with { Conflicts = [new SourceConflict(Row("m", 1, Day), "a", Row("m", 2, Day), "b")] };

        var change = Assert.Single(CatalogChanges.Between(Catalog([Row("m", 1)]), source, Day).All);

        Assert.Equal((CatalogChangeKind.Conflicting, "the source's entries 'a' and 'b'"), (change.Kind, change.Conflict));
    }

    [Fact]
    public void Apply_GivenAChange_EndsTheRowAndBeginsANewOne()
    {
        var changes = CatalogChanges.Between(Catalog([Row("m", 1)]), Source([Row("m", 1.5m, Day)]), Day);

        var rows = Assert.Single(changes.Apply(_ => false)).Prices;

        Assert.Equal([Row("m", 1) with { EffectiveTo = Day }, Row("m", 1.5m, Day)], rows);
        Assert.Equal("acme-2026-08-01", rows[1].Label);
    }

    [Fact]
    public void Apply_GivenARowOfThatDayFromTheSameProject_CorrectsItAndKeepsWhatItSaid()
    {
        var wrong = Row("m", 1, Day) with { Source = "project (MIT), yesterday.json" };

        var row = Assert.Single(Assert.Single(CatalogChanges.Between(Catalog([wrong]), Source([Row("m", 1.5m, Day)]), Day).Apply(_ => false)).Prices);

        Assert.Equal(Row("m", 1.5m, Day) with { Note = "corrected on 2026-11-21: input was 1" }, row);
    }

    [Fact]
    public void Apply_GivenAQuarantinedChange_WaitsForItsConfirmation()
    {
        var changes = CatalogChanges.Between(Catalog([Row("m", 1), Row("n", 1)]), Source([Row("m", 5, Day), Row("n", 5, Day)]), Day);

        Assert.Empty(changes.Apply(_ => false));
        var models = changes.Apply(c => c.Offer.Model == Model);
        Assert.Equal([2, 1], models.Select(m => m.Prices.Count)); // the provider whole: m changed, n as it was
    }

    [Fact]
    public void Apply_GivenARowThatBeginsLater_AddsUpToIt()
    {
        var earlier = new DateOnly(2025, 7, 5);

        var rows = Assert.Single(CatalogChanges.Between(Catalog([Row("m", 1)]), Source([Row("m", 5, earlier)]), earlier).Apply(_ => false)).Prices;

        Assert.Equal([Row("m", 5, earlier) with { EffectiveTo = Start }, Row("m", 1)], rows);
    }

    [Fact]
    public void Apply_GivenAFutureRowOfOurs_KeepsIt()
    {
        var next = new DateOnly(2027, 1, 1);
        var catalog = Catalog([Row("m", 1) with { EffectiveTo = next }, Row("m", 9, next)]);

        var rows = Assert.Single(CatalogChanges.Between(catalog, Source([Row("m", 1.5m, Day)]), Day).Apply(_ => false)).Prices;

        Assert.Equal([(Start, (DateOnly?)Day), (Day, next), (next, null)], rows.Select(r => (r.EffectiveFrom, r.EffectiveTo)));
    }

    [Fact]
    public void Apply_GivenAnAliasWithAPriceOfItsOwn_GivesItAModelWithItsPast()
    {
        var catalog = new PriceCatalog([new PricedModel { Key = Model, Aliases = ["m-1", "m-2"], Prices = [Row("m", 1)] }]);

        var models = CatalogChanges.Between(catalog, Source([Row("m", 1, Day), Row("m-1", 2, Day)]), Day).Apply(_ => false);

        var after = new PriceCatalog(models);
        Assert.Equal(["m-2"], models[0].Aliases);
        Assert.Equal((1m, 2m, 1m), (InputOf(after, "m-1", Start), InputOf(after, "m-1", Day), InputOf(after, "m-2", Day)));
    }

    [Fact]
    public void Apply_GivenAnAliasThatKeepsItsPriceWhileItsModelChanges_KeepsThemApart()
    {
        var catalog = new PriceCatalog([new PricedModel { Key = Model, Patterns = [new ModelPattern("m-*")], Prices = [Row("m", 1)] }]);
        var source = Source([Row("m", 2, Day), Row("m-1", 1, Day)]);

        var after = new PriceCatalog(CatalogChanges.Between(catalog, source, Day).Apply(_ => false));

        Assert.Equal((2m, 1m, 2m), (InputOf(after, "m", Day), InputOf(after, "m-1", Day), InputOf(after, "m-2", Day)));
        Assert.Empty(CatalogChanges.Between(after, source, Day).Apply(_ => false));
    }

    [Fact]
    public void Apply_GivenNames_TakesOverThoseThatNoOtherModelHas()
    {
        var catalog = Catalog([Row("m", 1), Row("taken", 1)]);
        var source = new ImportedPrices(
            [new PricedModel { Key = Model, Aliases = ["free", "taken"], Patterns = [new ModelPattern("m-*")], Prices = [Row("m", 1, Day)] },
             new PricedModel { Key = new ModelKey("acme", "n"), Patterns = [new ModelPattern("n-*")], Prices = [Row("n", 1, Day)] }], []);
        var changes = CatalogChanges.Between(catalog, source, Day);

        var models = changes.Apply(_ => false);

        Assert.Equal(["free"], models[0].Aliases);
        Assert.Equal(["n-*"], models[1].Patterns.Select(p => p.Text));
        Assert.Equal(
            [("taken", "the catalog prices it as acme:taken"), ("m-*", "the catalog has the model; a new pattern could take names from others")],
            changes.Names.Where(n => n.Refused is not null).Select(n => (n.Name, n.Refused)));
    }

    [Fact]
    public void Between_GivenAModelThatTheSourceHasAsAnAlias_DoesNotCallItRemoved()
    {
        var source = new ImportedPrices([new PricedModel { Key = Model, Aliases = ["n"], Prices = [Row("m", 1, Day)] }], []);

        Assert.Equal([CatalogChangeKind.Unchanged], CatalogChanges.Between(Catalog([Row("m", 1), Row("n", 1)]), source, Day).All.Select(c => c.Kind));
    }

    [Fact]
    public void Between_GivenAPatternInsideAnotherModels_RefusesIt()
    {
        var catalog = new PriceCatalog([new PricedModel { Key = Model, Patterns = [new ModelPattern("m-*")], Prices = [Row("m", 1)] }]);
        var source = new ImportedPrices([new PricedModel { Key = new ModelKey("acme", "mini"), Patterns = [new ModelPattern("m-mini-{date}")], Prices = [Row("mini", 1, Day)] }], []);

        Assert.Equal([new NameChange(new ModelKey("acme", "mini"), "m-mini-{date}", "a pattern of acme:m matches the same names")], CatalogChanges.Between(catalog, source, Day).Names);
    }

    [Fact]
    public void Apply_GivenARowThatAnotherTiersFollows_LeavesItsFiguresAsTheyWere()
    {
        var batch = Row("m", 0.5m) with { Offer = new Offer(Model, ServiceTier.Batch), Multiple = new PriceMultiple(0.5m, ServiceTier.Standard) };

        var models = CatalogChanges.Between(Catalog([Row("m", 1), batch]), Source([Row("m", 1.5m, Day)]), Day).Apply(_ => false);

        var read = PriceFile.ParseAll([("acme.json", PriceFileWriter.Write("acme", models))]);
        Assert.Equal(0.5m, read.Find(new Offer(Model, ServiceTier.Batch), Day)?.PerMillionTokens[TokenClass.Input]);
    }

    private static decimal? InputOf(PriceCatalog catalog, string model, DateOnly day) => catalog.Find(new Offer(new ModelKey("acme", model)), day)?.PerMillionTokens[TokenClass.Input];

    private static PriceCatalog Catalog(IEnumerable<Price> rows) => new(Models(rows));

    private static ImportedPrices Source(IEnumerable<Price> rows) => new(Models(rows), []);

    private static PricedModel[] Models(IEnumerable<Price> rows) => [.. rows.GroupBy(r => r.Model).Select(g => new PricedModel { Key = g.Key, Prices = [.. g] })];

    private static Price Row(string model, decimal input, DateOnly? from = null) => new()
    {
        Offer = new Offer(new ModelKey("acme", model)),
        Label = $"acme-{from ?? Start:yyyy-MM-dd}",
        EffectiveFrom = from ?? Start,
        Source = "project (MIT), file.json",
        Checked = new DateOnly(2026, 11, 21),
        PerMillionTokens = TokenRates.Of((TokenClass.Input, input)),
        PromptTiers = NoTiers,
    };

    // One list for all rows, so that equal rows compare equal.
    private static readonly IReadOnlyList<PromptTier> NoTiers = [];
}
