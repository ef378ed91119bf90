using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>A run record as an entity: the whole record as JSON, and beside it the columns that filters and people use.</summary>
internal static class RunRow
{
    /// <summary>Sorts before every run id, as all rows do that are no runs.</summary>
    public const string RepeatPrefix = "!again|";

    /// <summary>The columns that tell of a call without a cost.</summary>
    public static readonly string[] UnpricedColumns = ["Provider", "Model", "TokensIn", "TokensOut", UnpricedReason];

    /// <summary>The columns that tell what a run was charged to.</summary>
    public static readonly string[] ChargedColumns = [Ledgers, Worker, ChargedUsd, "Timestamp"];

    private const string Ledgers = "Ledgers";
    private const string Worker = "Worker";
    private const string ChargedUsd = "ChargedUsd";
    private const string Record = "Record";
    private const string Unpriced = "Unpriced";
    private const string UnpricedReason = "UnpricedReason";

    /// <summary>A completion is cut to this many characters when its record does not fit an entity.</summary>
    private const int CutText = 100_000;

    public static TableEntity ToEntity(RunRecord run, string partition, string rowKey)
    {
        var json = ToJson(run);
        if (json.Length > LargeBinary.MaxBytes) json = ToJson(Cut(run));
        var entity = new TableEntity(partition, rowKey)
        {
            ["Attempt"] = run.Attempt,
            ["Provider"] = run.Model.Provider,
            ["Model"] = run.Model.Model,
            ["Prompt"] = run.PromptId,
            ["Started"] = run.Started,
            ["Status"] = run.Succeeded ? "succeeded" : "failed",
            ["LatencyMs"] = run.Timings.EndToEnd.TotalMilliseconds,
            ["TokensIn"] = run.Usage?.Tokens.TotalInput,
            ["TokensOut"] = run.Usage?.Tokens.TotalOutput,
            ["DiversityProxy"] = run.Text.DiversityProxy,
        };
        SetCost(entity, run);
        SetTags(entity, run);
        SetCharge(entity, run);
        LargeBinary.Set(entity, Record, json);
        return entity;
    }

    /// <summary>The row with a record's new cost; all else of it stays as it is stored.</summary>
    public static TableEntity WithCost(TableEntity stored, RunRecord run)
    {
        using var document = JsonDocument.Parse(LargeBinary.Get(stored, Record));
        var json = ToJson(writer => RunJson.WriteWithCost(writer, document.RootElement, run));
        if (json.Length > LargeBinary.MaxBytes) json = ToJson(Cut(run));
        var entity = new TableEntity(stored.PartitionKey, stored.RowKey);
        foreach (var (name, value) in stored.Properties)
        {
            if (!name.StartsWith(Record, StringComparison.Ordinal)) entity[name] = value;
        }

        SetCost(entity, run);
        LargeBinary.Set(entity, Record, json);
        return entity;
    }

    /// <summary>A call without a cost, by the columns of its row alone; null if it has one.</summary>
    public static UnpricedCall? ToUnpriced(TableEntity row) => row.GetString(UnpricedReason) is { } reason
        ? new UnpricedCall(new ModelKey(row.GetString("Provider") ?? "", row.GetString("Model") ?? ""), row.GetInt64("TokensIn") + row.GetInt64("TokensOut"), reason)
        : null;

    /// <summary>What a row adds to the accounts of its budgets, by its columns alone.</summary>
    public static ChargedRun ToCharged(TableEntity row) => new(
        [.. (row.GetString(Ledgers) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(LedgerKey.Parse)],
        row.GetString(Worker),
        row.GetString(ChargedUsd) is { } cost ? new Usd(decimal.Parse(cost, NumberStyles.Number, CultureInfo.InvariantCulture)) : null,
        row.Timestamp);

    private static void SetTags(TableEntity entity, RunRecord run)
    {
        foreach (var dimension in Enum.GetValues<TagDimension>()) entity[$"Tag{dimension}"] = run.Tags[dimension];
        entity["Priority"] = run.Priority == CallPriority.Normal ? null : EnumNames.Of(run.Priority);
    }

    /// <summary>A run that no budget covers has none of these columns; no repricing changes them.</summary>
    private static void SetCharge(TableEntity entity, RunRecord run)
    {
        if (run.Ledgers.Count == 0) return;
        entity[Ledgers] = string.Join('\n', run.Ledgers);
        entity[Worker] = run.Worker;
        entity[ChargedUsd] = run.CostAsRecorded.Amount?.ToExactString();
    }

    /// <summary>An absent column matches no filter, so a row without a cost says so in a column of its own.</summary>
    private static void SetCost(TableEntity entity, RunRecord run)
    {
        entity["CostUsd"] = run.Cost.Amount?.ToExactString();
        entity[Unpriced] = run.Cost.Amount is null ? true : null;
        entity[UnpricedReason] = run.Cost.UnpricedReason;
    }

    public static RunRecord ToRecord(TableEntity entity)
    {
        using var document = JsonDocument.Parse(LargeBinary.Get(entity, Record));
        return RunJson.Read(document.RootElement);
    }

    /// <summary>The row of an attempt that found its run recorded by another one: kept, since it was paid for, outside every figure.</summary>
    public static TableEntity AsRepeat(TableEntity row)
    {
        var repeat = new TableEntity(row.PartitionKey, $"{RepeatPrefix}{row.RowKey}|{row.GetGuid("Attempt"):N}");
        foreach (var (name, value) in row.Properties) repeat[name] = value;
        return repeat;
    }

    private static byte[] ToJson(RunRecord run) => ToJson(json => RunJson.Write(json, run));

    private static byte[] ToJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return buffer.WrittenSpan.ToArray();
    }

    private static RunRecord Cut(RunRecord run) => run with
    {
        PromptText = Cut(run.PromptText),
        Completion = Cut(run.Completion),
        Timings = run.Timings with { GapsUs = [.. run.Timings.GapsUs.Take(CutText)] },
    };

    private static string? Cut(string? text) =>
        text is { Length: > CutText } ? $"{text[..CutText]} [cut: {text.Length} characters]" : text;
}
