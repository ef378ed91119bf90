using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Runs;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Records;

/// <summary>The rows of a batch's partition.</summary>
internal static class BatchRows
{
    public const string HeadKey = "!batch";
    public const string PoisonPrefix = "poison|";

    /// <summary>Behind every page of prompts, before every claim.</summary>
    public const string BehindPrompts = "!prompts~";

    private const string PromptPrefix = "!prompts|";
    private const string ClaimPrefix = "claim|";
    private const int MostPageBytes = LargeBinary.MaxBytes;
    private const int MostPagePrompts = 1000;

    /// <summary>The keys sort as <c>!batch</c>, <c>!prompts|...</c>, <c>claim|...</c>, <c>poison|...</c>: what defines a batch is one range.</summary>
    public static string PromptPageKey(string set, int page) => string.Create(CultureInfo.InvariantCulture, $"{PromptPrefix}{set}|{page:D6}");

    public static string ClaimKey(int chunk) => string.Create(CultureInfo.InvariantCulture, $"{ClaimPrefix}{chunk:D6}");

    public static int? ClaimIndex(string rowKey) =>
        rowKey.StartsWith(ClaimPrefix, StringComparison.Ordinal)
            ? int.Parse(rowKey.AsSpan(ClaimPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture)
            : null;

    public static string HourOf(TableEntity claim) =>
        claim.GetString("Hour") ?? throw new InvalidDataException($"The claim '{claim.PartitionKey}', '{claim.RowKey}' has no hour.");

    public static TableEntity Claim(BatchId id, int chunk, string owner, DateTimeOffset until, string hour, int takeovers) => new(id.ToString(), ClaimKey(chunk))
    {
        ["Owner"] = owner,
        ["Until"] = until,
        ["Hour"] = hour,
        ["Takeovers"] = takeovers,
    };

    /// <param name="batch">The batch.</param>
    /// <param name="set">Names the pages that belong to this head: two who submit one id at once must not mix their prompts.</param>
    public static TableEntity Head(PromptBatch batch, string set)
    {
        var head = new TableEntity(batch.Id.ToString(), HeadKey)
        {
            ["Kind"] = batch.Kind.ToString(),
            ["Submitted"] = batch.Submitted,
            ["PromptSet"] = set,
        };
        LargeBinary.Set(head, "Plan", Json(json => BatchFile.WritePlan(json, batch.Plan)));
        return head;
    }

    public static IEnumerable<TableEntity> PromptPages(PromptBatch batch, string set)
    {
        var page = 0;
        var (prompts, bytes) = (new List<byte[]>(), 0);
        foreach (var prompt in batch.Plan.Prompts)
        {
            var json = Json(writer => BatchFile.WritePrompt(writer, prompt));
            if (prompts.Count == MostPagePrompts || (prompts.Count > 0 && bytes + json.Length + 1 > MostPageBytes - 2))
            {
                yield return Page(batch.Id, PromptPageKey(set, page++), prompts);
                (prompts, bytes) = ([], 0);
            }

            prompts.Add(json);
            bytes += json.Length + 1;
        }

        yield return Page(batch.Id, PromptPageKey(set, page), prompts);
    }

    /// <returns>Null when the head is missing: the batch was never wholly stored.</returns>
    public static PromptBatch? ToBatch(BatchId id, IReadOnlyList<TableEntity> rows)
    {
        if (rows.FirstOrDefault(r => r.RowKey == HeadKey) is not { } head) return null;
        var prompts = new List<JsonElement>();
        var pages = PromptPrefix + head.GetString("PromptSet");
        foreach (var page in rows.Where(r => r.RowKey.StartsWith(pages, StringComparison.Ordinal))) prompts.AddRange(JsonElement.Parse(LargeBinary.Get(page, "Prompts")).EnumerateArray());
        using var plan = JsonDocument.Parse(LargeBinary.Get(head, "Plan"));
        var whole = Json(json =>
        {
            json.WriteStartObject();
            foreach (var property in plan.RootElement.EnumerateObject()) property.WriteTo(json);
            json.WriteStartArray("prompts");
            foreach (var prompt in prompts) prompt.WriteTo(json);
            json.WriteEndArray();
            json.WriteEndObject();
        });
        var kind = Enum.Parse<BatchKind>(head.GetString("Kind") ?? "");
        return new PromptBatch
        {
            Id = id,
            Kind = kind,
            Submitted = head.GetDateTimeOffset("Submitted") ?? default,
            Plan = RunPlanFile.Parse(Encoding.UTF8.GetString(whole), $"stored batch {id}", _ => [], _ => true) with { Lane = kind == BatchKind.Prompts ? CallLane.Batch : CallLane.Canary },
        };
    }

    private static TableEntity Page(BatchId id, string rowKey, List<byte[]> prompts)
    {
        var json = new ArrayBufferWriter<byte>();
        json.Write("["u8);
        for (var i = 0; i < prompts.Count; i++)
        {
            if (i > 0) json.Write(","u8);
            json.Write(prompts[i]);
        }

        json.Write("]"u8);
        var row = new TableEntity(id.ToString(), rowKey);
        LargeBinary.Set(row, "Prompts", json.WrittenSpan);
        return row;
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return buffer.WrittenSpan.ToArray();
    }
}
