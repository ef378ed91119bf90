using System.Text.Json;
using static CostMonitor.Core.Usage.Payloads.UsageField;

namespace CostMonitor.Core.Usage.Payloads;

/// <summary>The <c>usage</c> of a message: fresh, cached and written input exclude each other.</summary>
/// <remarks>
/// A conversation that was compacted on the way was read and written twice. Its <c>iterations</c> list both passes, and the figures beside
/// them have the second only. Passes of other models (an advisor) are not counted: they have another price, and are not this model's usage.
/// </remarks>
internal static class AnthropicUsage
{
    public static ReportedUsage Read(JsonElement usage) =>
        Find(usage, "iterations") is { ValueKind: JsonValueKind.Array } iterations && iterations.EnumerateArray().Any(IsCompaction)
            ? iterations.EnumerateArray().Where(static i => IsCompaction(i) || Is(i, "type", "message")).Select(ReadPass).Aggregate(Add)
            : ReadPass(usage);

    private static bool IsCompaction(JsonElement iteration) => Is(iteration, "type", "compaction");

    private static ReportedUsage ReadPass(JsonElement usage)
    {
        var (brief, oneHour) = (Count(usage, "cache_creation", "ephemeral_5m_input_tokens"), Count(usage, "cache_creation", "ephemeral_1h_input_tokens"));
        return new ReportedUsage
        {
            Convention = new UsageConvention(Cache: PartPlace.Beside),
            Input = Count(usage, "input_tokens"),
            Output = Count(usage, "output_tokens"),
            CachedInput = Count(usage, "cache_read_input_tokens"),
            CacheWrite = Count(usage, "cache_creation_input_tokens") ?? Sum(brief, oneHour),
            CacheWriteShort = brief,
            CacheWriteOneHour = oneHour,
            Reasoning = Count(usage, "output_tokens_details", "thinking_tokens"),
        };
    }

    private static ReportedUsage Add(ReportedUsage a, ReportedUsage b) => a with
    {
        Input = Sum(a.Input, b.Input),
        Output = Sum(a.Output, b.Output),
        CachedInput = Sum(a.CachedInput, b.CachedInput),
        CacheWrite = Sum(a.CacheWrite, b.CacheWrite),
        CacheWriteShort = Sum(a.CacheWriteShort, b.CacheWriteShort),
        CacheWriteOneHour = Sum(a.CacheWriteOneHour, b.CacheWriteOneHour),
        Reasoning = Sum(a.Reasoning, b.Reasoning),
    };
}
