using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Statistics;

/// <summary>A run that cost much, beside what is usual for its model.</summary>
/// <param name="Run">The run.</param>
/// <param name="Cost">Its cost.</param>
/// <param name="CostToMedian">Its cost as a multiple of the median cost of its model's priced runs; null if that median is 0.</param>
/// <param name="InputToMedian">Its prompt tokens as a multiple of their median; null if that is 0.</param>
/// <param name="OutputToMedian">Its generated tokens as a multiple of their median; null if that is 0.</param>
public sealed record DearRun(RunRecord Run, Usd Cost, double? CostToMedian, double? InputToMedian, double? OutputToMedian)
{
    /// <summary>From this multiple of the median on, a prompt or an answer is unusually long.</summary>
    public const double Unusual = 3;

    public bool HasLongPrompt => InputToMedian >= Unusual;

    public bool HasLongAnswer => OutputToMedian >= Unusual;

    /// <summary>The dearest of some runs, the dearest first. Runs of unknown cost cannot be among them.</summary>
    /// <param name="runs">The runs, in any order.</param>
    /// <param name="count">How many at the most.</param>
    public static IReadOnlyList<DearRun> Of(IEnumerable<RunRecord> runs, int count) =>
        [.. runs.Where(r => r.Cost.Amount is not null).GroupBy(r => r.Model).SelectMany(g => OfModel([.. g]))
            .OrderByDescending(d => d.Cost).ThenBy(d => d.Run.Id).Take(count)];

    private static IEnumerable<DearRun> OfModel(RunRecord[] runs)
    {
        var (cost, input, output) = (Median(runs, Dollars), Median(runs, r => r.Usage?.Tokens.TotalInput ?? 0), Median(runs, r => r.Usage?.Tokens.TotalOutput ?? 0));
        return runs.Select(r => new DearRun(
            r, r.Cost.Amount ?? Usd.Zero, Ratio(Dollars(r), cost), Ratio(r.Usage?.Tokens.TotalInput ?? 0, input), Ratio(r.Usage?.Tokens.TotalOutput ?? 0, output)));
    }

    private static double Dollars(RunRecord run) => (double)(run.Cost.Amount?.Amount ?? 0);

    private static double Median(RunRecord[] runs, Func<RunRecord, double> value) => Quantile.Of([.. runs.Select(value).Order()], 0.5);

    private static double? Ratio(double value, double median) => median > 0 ? value / median : null;
}
