using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Tests.Runs;
using CostMonitor.Core.Usage;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Pricing.Repricing;

public sealed class RepricerTests
{
    // sim:a in May 2026: 100 in, 200 out a million; from June 2026 on: 300 in, 400 out. sim:b: 1 in, 2 out; batch half.
    private static readonly PriceCatalog Catalog = PriceFile.ParseAll([("sim.json", """
        { "provider": "sim", "models": [
          { "model": "a", "prices": [
            { "label": "may", "effectiveFrom": "2026-05-01", "effectiveTo": "2026-06-01", "checked": "2026-05-01", "source": "s", "currency": "USD", "perMillionTokens": { "input": 100, "output": 200 } },
            { "label": "june", "effectiveFrom": "2026-06-01", "checked": "2026-06-01", "source": "s", "currency": "USD", "perMillionTokens": { "input": 300, "output": 400 } } ] },
          { "model": "b", "prices": [
            { "label": "b-list", "effectiveFrom": "2026-05-01", "checked": "2026-05-01", "source": "s", "currency": "USD", "perMillionTokens": { "input": 1, "output": 2 } },
            { "label": "b-list", "tier": "batch", "effectiveFrom": "2026-05-01", "checked": "2026-05-01", "source": "s", "currency": "USD", "times": { "factor": 0.5, "of": "standard" } } ] } ] }
        """)]);

    private static readonly RunRecord Unpriced = Records.Plain(0) with { Cost = CallCost.Unknown("No price for sim:a on 2026-05-01.") };
    private static readonly PriceChangeId Id = PriceChangeId.Parse("c20261121t093000a1b2c3d4");

    [Fact]
    public void Of_GivenFillAndAnUnpricedCall_TakesThePriceOfItsDay() => // 10 * 100 + 20 * 200 = 5,000 USD a million calls
        Assert.Equal((CostVerdict.Changed, CallCost.Known(new Usd(0.005m), "may")), Outcome(Fill, Unpriced));

    [Fact]
    public void Of_GivenFillAndAPricedCall_LeavesIt() =>
        Assert.Equal((CostVerdict.Unchanged, Records.Plain(0).Cost), Outcome(Fill, Records.Plain(0)));

    [Fact]
    public void Of_GivenRepriceAndAPricedCall_TakesThePriceOfItsDay() =>
        Assert.Equal((CostVerdict.Changed, CallCost.Known(new Usd(0.005m), "may")), Outcome(Reprice, Records.Plain(0)));

    [Fact]
    public void Of_GivenALabel_TakesItsRowWhateverTheDay() => // 10 * 300 + 20 * 400 = 11,000 USD a million calls, though the call was made in May
        Assert.Equal((CostVerdict.Changed, CallCost.Known(new Usd(0.011m), "june")), Outcome(Reprice with { Label = "june" }, Records.Plain(0)));

    [Fact]
    public void Of_GivenAnEarlierAttemptThatWasBilled_PricesItToo()
    {
        var run = Records.Plain(0) with
        {
            EarlierAttempts = [new CallAttempt { Model = ModelKey.Parse("sim:b"), At = TimeSpan.Zero, Took = TimeSpan.Zero, Usage = new MeasuredUsage(new TokenUsage { Input = 1_000 }, IsEstimated: true) }],
        };

        Assert.Equal(CallCost.Known(new Usd(0.006m), "may"), Outcome(Reprice, run).After); // 0.005 and 1,000 tokens at 1 USD a million
    }

    [Fact]
    public void Of_GivenACachedAnswer_LeavesItFree()
    {
        var cached = Records.Plain(0) with { Usage = null, Cost = CallCost.Known(Usd.Zero, "cached"), Cache = new CacheHit(CacheSource.Shared, TimeSpan.Zero, new TokenUsage { Input = 9 }) };

        Assert.Equal((CostVerdict.Unchanged, cached.Cost), Outcome(Reprice, cached));
    }

    [Fact]
    public void Of_GivenALabelThatTheModelDoesNotHave_LeavesTheCostAndSaysWhy()
    {
        var cost = new Repricer(Catalog, Reprice with { Label = "b-list" }).Of(Records.Plain(0));

        Assert.Equal(RepricedCost.Unchanged(Records.Plain(0).Cost, "No price for sim:a under the label b-list."), cost);
    }

    [Theory]
    [InlineData(ServiceTier.Standard, "0.00005")] // (10 * 1 + 20 * 2) / 1,000,000
    [InlineData(ServiceTier.Batch, "0.000025")]
    public void Of_GivenAnotherModel_TakesItsPrice(ServiceTier tier, string usd)
    {
        var request = Reprice with { As = new Offer(ModelKey.Parse("sim:b"), tier) };

        Assert.Equal(CallCost.Known(new Usd(decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture)), "b-list"), Outcome(request, Records.Plain(0)).After);
    }

    [Theory]
    [InlineData("2026-05-01T12:00:00Z", null, CostVerdict.Changed)] // the call starts at 12:00
    [InlineData("2026-05-01T12:00:00.0000001Z", null, CostVerdict.Outside)]
    [InlineData(null, "2026-05-01T12:00:00Z", CostVerdict.Outside)] // the end is exclusive
    [InlineData(null, "2026-05-01T12:00:00.0000001Z", CostVerdict.Changed)]
    public void Of_GivenAPeriod_AsksOnlyAboutCallsThatStartedInIt(string? from, string? before, CostVerdict expected) =>
        Assert.Equal(expected, Outcome(Reprice with { From = At(from), Before = At(before) }, Records.Plain(0)).Verdict);

    [Theory]
    [InlineData("not called", FailureStage.Admission, null)]
    [InlineData("not billed", FailureStage.Provider, 429)]
    public void Of_GivenACallThatCostNothing_LeavesIt(string label, FailureStage stage, int? status)
    {
        var free = Records.Failed(0, stage) with { Usage = null, Cost = CallCost.Known(Usd.Zero, label), Failure = new RunFailure(stage, "type", "m", status) };

        Assert.Equal((CostVerdict.Unchanged, free.Cost), Outcome(Reprice, free));
    }

    [Fact]
    public void Of_GivenUsageThatIsNotBelieved_GivesItNoPrice()
    {
        var doubtful = Unpriced with { Usage = new MeasuredUsage(new TokenUsage { Output = 5 }, false), Cost = CallCost.Unknown("0 input tokens") };

        Assert.Equal((CostVerdict.Unchanged, doubtful.Cost), Outcome(Fill, doubtful));
    }

    [Fact]
    public void Of_GivenNoPriceNow_KeepsTheOldCost()
    {
        var old = Records.Plain(0) with { Model = ModelKey.Parse("sim:gone") };

        Assert.Equal(RepricedCost.Unchanged(old.Cost, "No price for sim:gone on 2026-05-01."), new Repricer(Catalog, Reprice).Of(old));
    }

    [Fact]
    public void Of_GivenAnyRecord_IsDoneAfterOneFill() =>
        Prop.ForAll(AnyRecord.Generator.ToArbitrary(), run =>
        {
            var once = After(Fill, run);
            return new Repricer(Catalog, Fill).Of(once).Verdict == CostVerdict.Unchanged && (run.Cost.Amount is null || once == run);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_GivenAnyRecordRepricedAndReverted_CostsWhatItCost() =>
        Prop.ForAll(AnyRecord.Generator.ToArbitrary(), run =>
        {
            var changed = After(Reprice, run);
            var back = new Reverter(Id).Of(changed);
            return ReferenceEquals(changed, run) ? back.Verdict == CostVerdict.Outside : back == new RepricedCost(CostVerdict.Changed, changed.Cost, run.Cost);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_GivenALaterChangeOverTheRevertedOne_LeavesTheCost()
    {
        var changed = After(Reprice, Records.Plain(0));
        var again = new CostChange(new Repricer(Catalog, Reprice with { Label = "june" }), Reprice, Head(Reprice) with { Id = new PriceChangeId(Records.Start, 7) });

        var twice = again.Applied(changed, again.Of(changed).After);

        Assert.Equal((CostVerdict.ChangedSince, twice.Cost), (new Reverter(Id).Of(twice).Verdict, new Reverter(Id).Of(twice).After));
    }

    [Fact]
    public void Of_GivenARecordThatTheChangeReachedBefore_GivesWhatItGaveThen()
    {
        var changed = After(Reprice, Records.Plain(0));
        var change = new CostChange(new Repricer(Catalog, Reprice), Reprice, Head(Reprice));

        Assert.Equal(new RepricedCost(CostVerdict.ChangedAlready, Records.Plain(0).Cost, CallCost.Known(new Usd(0.005m), "may")), change.Of(changed));
    }

    [Fact]
    public void ToReport_GivenAnyRecords_SumsToWhatTheyCost() =>
        Prop.ForAll(AnyRecord.Generator.ListOf().ToArbitrary(), runs =>
        {
            var (tally, change) = (new RepricingTally(), new CostChange(new Repricer(Catalog, Reprice), Reprice, Head(Reprice)));
            foreach (var run in runs) tally.Add(run.Model, change.Of(run));
            var (report, after) = (tally.ToReport(), runs.Select(r => After(Reprice, r)).ToList());
            return report.Total.Before == Sum(runs) && report.Total.After == Sum(after)
                && report.Models.Sum(m => m.Row.After.Known.Amount) == report.Total.After.Known.Amount
                && report.UnpricedReasons.Sum(r => r.Runs) == report.Total.After.Unpriced
                && report.Total.Changed == runs.Zip(after).Count(r => !ReferenceEquals(r.First, r.Second));
        }).QuickCheckThrowOnFailure();

    private static readonly RepricingRequest Fill = new() { Kind = PriceChangeKind.Fill };
    private static readonly RepricingRequest Reprice = new() { Kind = PriceChangeKind.Reprice };

    private static CostSum Sum(IEnumerable<RunRecord> runs) => runs.Aggregate(default(CostSum), (sum, run) => sum + run.Cost);

    private static PriceChangeHead Head(RepricingRequest request) => new() { Id = Id, At = Records.Start, By = "test", Request = request };

    private static RunRecord After(RepricingRequest request, RunRecord run)
    {
        var change = new CostChange(new Repricer(Catalog, request), request, Head(request));
        return change.Of(run) is { Verdict: CostVerdict.Changed } cost ? change.Applied(run, cost.After) : run;
    }

    private static (CostVerdict Verdict, CallCost After) Outcome(RepricingRequest request, RunRecord run) =>
        new Repricer(Catalog, request).Of(run) is var cost ? (cost.Verdict, cost.After) : default;

    private static DateTimeOffset? At(string? text) => text is null ? null : DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
