using System.Globalization;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>What became of the runs of a chunk in one partition.</summary>
internal readonly record struct ChunkCounts(int Recorded, int Succeeded, Usd Cost, int Unpriced)
{
    public static ChunkCounts operator +(ChunkCounts a, ChunkCounts b) =>
        new(a.Recorded + b.Recorded, a.Succeeded + b.Succeeded, a.Cost + b.Cost, a.Unpriced + b.Unpriced);

    public static ChunkCounts Of(RunRecord run) =>
        new(1, run.Succeeded ? 1 : 0, run.Cost.Amount ?? Usd.Zero, run.Cost.Amount is null ? 1 : 0);

    /// <summary>Of a run's row, by its columns alone.</summary>
    public static ChunkCounts OfRun(TableEntity row) => new(
        1,
        row.GetString("Status") == "succeeded" ? 1 : 0,
        Money(row.GetString("CostUsd")),
        row.GetString("CostUsd") is null ? 1 : 0);

    public static ChunkCounts OfMarker(TableEntity row) => new(
        row.GetInt32("Recorded") ?? 0,
        row.GetInt32("Succeeded") ?? 0,
        Money(row.GetString("CostUsd")),
        row.GetInt32("Unpriced") ?? 0);

    public TableEntity ToMarker(string partition, string rowKey) => new(partition, rowKey)
    {
        ["Recorded"] = Recorded,
        ["Succeeded"] = Succeeded,
        ["CostUsd"] = Cost.ToExactString(),
        ["Unpriced"] = Unpriced,
    };

    private static Usd Money(string? exact) => exact is null ? Usd.Zero : new Usd(decimal.Parse(exact, NumberStyles.Number, CultureInfo.InvariantCulture));
}
