using System.Text.Json;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The row in which the last reconciliation says what it could not explain, for the health of every process.</summary>
internal static class ReconciledRow
{
    public const string Key = "reconciled"; // beside accounts and entries, whose keys have a bar behind their first letter

    /// <summary>The most accounts that a row names: the log has them all.</summary>
    public const int MostNamed = 100;

    public static TableEntity Of(LedgerReconciliation found)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var difference in found.Wrong.Take(MostNamed))
            {
                json.WriteStartObject();
                json.WriteString("ledger", difference.Key.ToString());
                json.WriteNumber("settledUsd", difference.Settled.Amount);
                json.WriteNumber("recordedUsd", difference.Recorded.Amount);
                json.WriteNumber("runs", difference.Runs);
                json.WriteNumber("openUsd", difference.Open.Amount);
                json.WriteNumber("recentUsd", difference.Recent.Amount);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        var row = new TableEntity(LedgerRow.Partition, Key) { ["At"] = found.At.ToUniversalTime() };
        LargeBinary.Set(row, "Wrong", bytes.ToArray());
        return row;
    }

    /// <returns>Null for a row that is none of ours.</returns>
    public static LedgerReconciliation? TryRead(TableEntity row)
    {
        try
        {
            using var json = JsonDocument.Parse(LargeBinary.Get(row, "Wrong"));
            return row.GetDateTimeOffset("At") is { } at ? new LedgerReconciliation(at, [.. json.RootElement.EnumerateArray().Select(Difference)]) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or InvalidDataException or FormatException)
        {
            return null;
        }
    }

    private static LedgerDifference Difference(JsonElement json) => new(
        LedgerKey.Parse(json.GetProperty("ledger").GetString() ?? ""), Usd(json, "settledUsd"), Usd(json, "recordedUsd"), json.GetProperty("runs").GetInt32(), Usd(json, "openUsd"), Usd(json, "recentUsd"));

    private static Usd Usd(JsonElement json, string name) => new(json.GetProperty(name).GetDecimal());
}
