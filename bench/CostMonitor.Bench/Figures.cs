using System.Globalization;
using CostMonitor.Core.Statistics;

namespace CostMonitor.Bench;

/// <summary>Prints figures of samples.</summary>
internal static class Figures
{
    public static string P50P95P99(IEnumerable<double> values)
    {
        var ascending = values.Order().ToArray();
        return Text($"{Quantile.Of(ascending, 0.5),8:0.00} {Quantile.Of(ascending, 0.95),8:0.00} {Quantile.Of(ascending, 0.99),8:0.00}");
    }

    public static double Median(IEnumerable<double> values) => Quantile.Of([.. values.Order()], 0.5);

    public static void Print(FormattableString text) => Console.WriteLine(Text(text));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
