using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Import;
using FsCheck;
using FsCheck.Fluent;

namespace CostMonitor.Core.Tests.Pricing.Import;

public sealed class RowHistoryTests
{
    private static readonly DateOnly Origin = new(2026, 1, 1);

    private static readonly Arbitrary<(int From, int Length)> Spans = (
        from start in Gen.Choose(0, 30) from length in Gen.Choose(0, 12)
        select (start, length)).ToArbitrary();

    [Fact]
    public void Insert_GivenAnyRows_ChangesOnlyTheDaysOfTheNewOne() => Prop.ForAll(Spans.Generator.ArrayOf().ToArbitrary(), Spans, (spans, last) =>
    {
        var rows = spans.Select(Row).Aggregate((IReadOnlyList<Price>)[], RowHistory.Insert);
        var row = Row(last, -1);

        var after = RowHistory.Insert(rows, row);

        return Enumerable.Range(0, 60).Select(Origin.AddDays).All(day =>
            after.Count(r => r.HoldsOn(day)) <= 1
            && after.SingleOrDefault(r => r.HoldsOn(day))?.Label == (row.HoldsOn(day) ? row : rows.SingleOrDefault(r => r.HoldsOn(day)))?.Label);
    }).QuickCheckThrowOnFailure();

    /// <param name="span">The first day and the number of days; 0 for a row without an end.</param>
    /// <param name="number">Tells the row from the others.</param>
    private static Price Row((int From, int Length) span, int number) => new()
    {
        Offer = new Offer(new ModelKey("acme", "m")),
        Label = $"row {number}",
        EffectiveFrom = Origin.AddDays(span.From),
        EffectiveTo = span.Length == 0 ? null : Origin.AddDays(span.From + span.Length),
        Source = "s",
        Checked = Origin,
        PerRequest = 1,
    };
}
