using System.Buffers;
using System.Text.Json;
using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>A run record as an entity: the whole record as JSON, and beside it the columns that filters and people use.</summary>
internal static class RunRow
{
    /// <summary>Sorts before every run id, as all rows do that are no runs.</summary>
    public const string RepeatPrefix = "!again|";

    private const string Record = "Record";

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
            ["CostUsd"] = run.Cost.Amount?.ToExactString(),
            ["DiversityProxy"] = run.Text.DiversityProxy,
        };
        LargeBinary.Set(entity, Record, json);
        return entity;
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

    private static byte[] ToJson(RunRecord run)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer)) RunJson.Write(json, run);
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
