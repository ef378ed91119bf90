using System.Text.Json;
using static CostMonitor.Core.Usage.Payloads.UsageField;

namespace CostMonitor.Core.Usage.Payloads;

/// <summary>The <c>usage</c> of Bedrock's Converse API: cached and written tokens are beside the input.</summary>
internal static class BedrockUsage
{
    public static ReportedUsage Read(JsonElement usage)
    {
        var (brief, oneHour) = (Written(usage, "5m"), Written(usage, "1h"));
        return new ReportedUsage
        {
            Convention = new UsageConvention(Cache: PartPlace.Beside),
            Input = Count(usage, "inputTokens"),
            Output = Count(usage, "outputTokens"),
            Total = Count(usage, "totalTokens"),
            CachedInput = Count(usage, "cacheReadInputTokens"),
            CacheWrite = Count(usage, "cacheWriteInputTokens") ?? Sum(brief, oneHour),
            CacheWriteShort = brief,
            CacheWriteOneHour = oneHour,
        };
    }

    private static long? Written(JsonElement usage, string time)
    {
        if (Find(usage, "cacheDetails") is not { ValueKind: JsonValueKind.Array } details || details.GetArrayLength() == 0) return null;
        long? tokens = 0;
        foreach (var detail in details.EnumerateArray())
        {
            if (Is(detail, "ttl", time)) tokens = Sum(tokens, Count(detail, "inputTokens"));
        }

        return tokens;
    }
}
