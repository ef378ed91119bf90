using System.Text.Json;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.OpenAI;

/// <summary>Reads the <c>usage</c> of a chat completion: cached and audio tokens are parts of the totals, as the standard details have them.</summary>
internal static class OpenAIUsage
{
    /// <returns>Null when the value is null or empty, as in every chunk but the last.</returns>
    public static UsageDetails? Read(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }

        var usage = new UsageDetails();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("prompt_tokens"u8)) usage.InputTokenCount = ReadCount(ref json);
            else if (json.ValueTextEquals("completion_tokens"u8)) usage.OutputTokenCount = ReadCount(ref json);
            else if (json.ValueTextEquals("total_tokens"u8)) usage.TotalTokenCount = ReadCount(ref json);
            else if (json.ValueTextEquals("prompt_cache_hit_tokens"u8)) usage.CachedInputTokenCount ??= ReadCount(ref json); // DeepSeek's place for it
            else if (json.ValueTextEquals("prompt_tokens_details"u8)) ReadInputDetails(ref json, usage);
            else if (json.ValueTextEquals("completion_tokens_details"u8)) ReadOutputDetails(ref json, usage);
            else json.Skip();
        }

        return usage.InputTokenCount is null && usage.OutputTokenCount is null ? null : usage;
    }

    private static void ReadInputDetails(ref Utf8JsonReader json, UsageDetails usage)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("cached_tokens"u8)) usage.CachedInputTokenCount = ReadCount(ref json) ?? usage.CachedInputTokenCount;
            else if (json.ValueTextEquals("audio_tokens"u8)) usage.InputAudioTokenCount = ReadCount(ref json);
            else if (json.ValueTextEquals("cache_write_tokens"u8)) UsageReading.SetCacheWrite(usage, ReadCount(ref json));
            else json.Skip();
        }
    }

    private static void ReadOutputDetails(ref Utf8JsonReader json, UsageDetails usage)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("reasoning_tokens"u8)) usage.ReasoningTokenCount = ReadCount(ref json);
            else if (json.ValueTextEquals("audio_tokens"u8)) usage.OutputAudioTokenCount = ReadCount(ref json);
            else json.Skip();
        }
    }

    private static long? ReadCount(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number) return json.TryGetInt64(out var count) ? count : -1; // not whole: not to be trusted
        json.Skip();
        return null;
    }
}
