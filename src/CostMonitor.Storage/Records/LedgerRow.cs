using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>Writes accounts and entries of the ledger as rows, and reads them.</summary>
internal static class LedgerRow
{
    /// <summary>One partition for all, so that several accounts change in one transaction.</summary>
    public const string Partition = "ledger";

    public static string AccountKey(LedgerKey key) => $"a|{Escape(key)}";

    /// <summary>The latest entry comes first.</summary>
    public static string EntryKey(LedgerKey key, long sequence) => string.Create(CultureInfo.InvariantCulture, $"e|{Escape(key)}|{999_999_999_999 - sequence:D12}");

    public static TableEntity Of(LedgerAccount account)
    {
        var row = new TableEntity(Partition, AccountKey(account.Key))
        {
            ["Budget"] = account.Key.Budget,
            ["Value"] = account.Key.Value,
            ["Period"] = account.Key.Period,
            ["Sequence"] = account.Sequence,
            ["SettledUsd"] = account.Settled.ToExactString(),
            ["DirectUsd"] = account.Direct.ToExactString(),
            ["HeldUsd"] = account.Held.ToExactString(),
            ["UnknownUsd"] = account.Unknown.ToExactString(),
            ["Calls"] = account.Calls,
            ["Unpriced"] = account.Unpriced,
            ["ExhaustedAt"] = account.ExhaustedAt,
            ["ExhaustedLimitUsd"] = account.ExhaustedLimit.ToExactString(),
            ["Check"] = account.Checksum(),
        };
        LargeBinary.Set(row, "Parts", Parts(account));
        return row;
    }

    /// <exception cref="LedgerDamagedException">The row does not agree with its own checksum.</exception>
    public static LedgerAccount ToAccount(LedgerKey key, TableEntity row)
    {
        var account = Read(key, row);
        try
        {
            if (row.GetString("Check") != account.Checksum()) throw new LedgerDamagedException(key, "its checksum does not agree with its sums.");
            if (row.GetString("HeldUsd") != account.Held.ToExactString()) throw new LedgerDamagedException(key, $"it says that {row.GetString("HeldUsd")} USD are held, its holds add up to {account.Held.ToExactString()}.");
            return account;
        }
        catch (Exception e) when (IsOfContent(e))
        {
            throw new LedgerDamagedException(key, $"it cannot be read: {e.Message}");
        }
    }

    /// <summary>The account whatever its checksum says.</summary>
    /// <exception cref="LedgerDamagedException">The row cannot be read.</exception>
    public static LedgerAccount Read(LedgerKey key, TableEntity row)
    {
        try
        {
            return Parse(key, row);
        }
        catch (Exception e) when (IsOfContent(e))
        {
            throw new LedgerDamagedException(key, $"it cannot be read: {e.Message}");
        }
    }

    private static bool IsOfContent(Exception e) =>
        e is FormatException or JsonException or InvalidDataException or InvalidOperationException or KeyNotFoundException or ArgumentException or OverflowException;

    private static LedgerAccount Parse(LedgerKey key, TableEntity row)
    {
        using var parts = JsonDocument.Parse(LargeBinary.Get(row, "Parts"));
        return new LedgerAccount
        {
            Key = key,
            Sequence = row.GetInt64("Sequence") ?? throw new FormatException("Sequence is missing."),
            Settled = Money(row, "SettledUsd"),
            Direct = Money(row, "DirectUsd"),
            Unknown = Money(row, "UnknownUsd"),
            Calls = row.GetInt64("Calls") ?? throw new FormatException("Calls is missing."),
            Unpriced = row.GetInt64("Unpriced") ?? throw new FormatException("Unpriced is missing."),
            ExhaustedAt = row.GetDateTimeOffset("ExhaustedAt"),
            ExhaustedLimit = Money(row, "ExhaustedLimitUsd"),
            Holds = parts.RootElement.GetProperty("holds").EnumerateObject().ToImmutableSortedDictionary(static h => h.Name, static h => new LedgerHold
            {
                Amount = Money(h.Value, "usd"),
                Exposure = Money(h.Value, "exposureUsd"),
                Began = h.Value.GetProperty("began").GetDateTimeOffset(),
                Expires = h.Value.GetProperty("expires").GetDateTimeOffset(),
                IsDirect = h.Value.GetProperty("direct").GetBoolean(),
            }, StringComparer.Ordinal),
            Lost = [.. parts.RootElement.GetProperty("lost").EnumerateArray().Select(static l => new LostHold(
                l.GetProperty("worker").GetString() ?? "", Money(l, "usd"), l.GetProperty("since").GetDateTimeOffset(), l.GetProperty("began").GetDateTimeOffset(), l.GetProperty("direct").GetBoolean()))],
            Buckets = [.. parts.RootElement.GetProperty("buckets").EnumerateArray().Select(static b => new LedgerBucket(
                b.GetProperty("start").GetDateTimeOffset(), Money(b, "usd"), Money(b, "unconfirmedUsd")))],
            Version = row.ETag.ToString(),
        };
    }

    public static TableEntity Of(LedgerEntry entry) => new(Partition, EntryKey(entry.Key, entry.Sequence))
    {
        ["Sequence"] = entry.Sequence,
        ["At"] = entry.At,
        ["Kind"] = EnumNames.Of(entry.Kind),
        ["Worker"] = entry.Worker,
        ["Commit"] = entry.Commit,
        ["SettledUsd"] = entry.Settled.ToExactString(),
        ["DirectUsd"] = entry.Direct.ToExactString(),
        ["HeldUsd"] = entry.Held.ToExactString(),
        ["UnconfirmedUsd"] = entry.Unconfirmed.ToExactString(),
        ["Calls"] = entry.Calls,
        ["Unpriced"] = entry.Unpriced,
        ["SettledAfterUsd"] = entry.SettledAfter.ToExactString(),
        ["HeldAfterUsd"] = entry.HeldAfter.ToExactString(),
        ["UnconfirmedAfterUsd"] = entry.UnconfirmedAfter.ToExactString(),
    };

    public static LedgerEntry ToEntry(LedgerKey key, TableEntity row) => new()
    {
        Key = key,
        Sequence = row.GetInt64("Sequence") ?? 0,
        At = row.GetDateTimeOffset("At") ?? default,
        Kind = EnumNames.TryParse(row.GetString("Kind"), out LedgerEntryKind kind) ? kind : throw new FormatException($"'{row.GetString("Kind")}' is no kind of entry."),
        Worker = row.GetString("Worker") ?? "",
        Commit = row.GetString("Commit") ?? "",
        Settled = Money(row, "SettledUsd"),
        Direct = Money(row, "DirectUsd"),
        Held = Money(row, "HeldUsd"),
        Unconfirmed = Money(row, "UnconfirmedUsd"),
        Calls = row.GetInt64("Calls") ?? 0,
        Unpriced = row.GetInt64("Unpriced") ?? 0,
        SettledAfter = Money(row, "SettledAfterUsd"),
        HeldAfter = Money(row, "HeldAfterUsd"),
        UnconfirmedAfter = Money(row, "UnconfirmedAfterUsd"),
    };

    /// <summary>The key that an account's row says it has.</summary>
    public static LedgerKey KeyOf(TableEntity row) => new(row.GetString("Budget") ?? "", row.GetString("Value") ?? "", row.GetString("Period") ?? "");

    private static string Escape(LedgerKey key) => $"{RunPartition.Escape(key.Budget)}|{RunPartition.Escape(key.Period)}|{RunPartition.Escape(key.Value)}";

    private static byte[] Parts(LedgerAccount account)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartObject("holds");
            foreach (var (worker, hold) in account.Holds)
            {
                json.WriteStartObject(worker);
                json.WriteString("usd", hold.Amount.ToExactString());
                json.WriteString("exposureUsd", hold.Exposure.ToExactString());
                json.WriteString("began", hold.Began);
                json.WriteString("expires", hold.Expires);
                json.WriteBoolean("direct", hold.IsDirect);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteStartArray("lost");
            foreach (var lost in account.Lost)
            {
                json.WriteStartObject();
                json.WriteString("worker", lost.Worker);
                json.WriteString("usd", lost.Amount.ToExactString());
                json.WriteString("since", lost.Since);
                json.WriteString("began", lost.Began);
                json.WriteBoolean("direct", lost.IsDirect);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("buckets");
            foreach (var bucket in account.Buckets)
            {
                json.WriteStartObject();
                json.WriteString("start", bucket.Start);
                json.WriteString("usd", bucket.Settled.ToExactString());
                json.WriteString("unconfirmedUsd", bucket.Unconfirmed.ToExactString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static Usd Money(TableEntity row, string name) => Money(row.GetString(name), name);

    private static Usd Money(JsonElement node, string name) => Money(node.GetProperty(name).GetString(), name);

    private static Usd Money(string? text, string name) => decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount)
        ? new Usd(amount)
        : throw new FormatException($"{name} is no amount: '{text}'.");
}
