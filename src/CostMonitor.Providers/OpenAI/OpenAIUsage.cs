using System.Text.Json;
using CostMonitor.Core.Usage;

namespace CostMonitor.Providers.OpenAI;

/// <summary>The usage of a chat completion as OpenAI's format reports it: cached, audio and reasoning tokens are parts of the totals.</summary>
internal readonly record struct OpenAIUsage(long Prompt, long Completion, long Total, long Cached, long AudioIn, long Reasoning, long AudioOut)
{
    /// <summary>More tokens than any model takes: a figure above it is a fault, not a fact.</summary>
    private const long Absurd = 1_000_000_000;

    public static OpenAIUsage? Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        var json = JsonElement.ParseValue(ref reader);
        return new OpenAIUsage(
            Number(json, "prompt_tokens"),
            Number(json, "completion_tokens"),
            Number(json, "total_tokens"),
            Detail(json, "prompt_tokens_details", "cached_tokens"),
            Detail(json, "prompt_tokens_details", "audio_tokens"),
            Detail(json, "completion_tokens_details", "reasoning_tokens"),
            Detail(json, "completion_tokens_details", "audio_tokens"));
    }

    /// <summary>The tokens in exclusive classes; null when the figures contradict each other and cannot be trusted.</summary>
    /// <remarks>Some servers count reasoning beside the completion; their total says so.</remarks>
    public TokenUsage? ToExclusive()
    {
        if (Prompt is < 0 or > Absurd || Completion is < 0 or > Absurd || Cached < 0 || AudioIn < 0 || Reasoning < 0 || AudioOut < 0) return null;
        var isBeside = Reasoning > 0 && Total == Prompt + Completion + Reasoning;
        var (input, output) = (Prompt - Cached - AudioIn, isBeside ? Completion - AudioOut : Completion - Reasoning - AudioOut);
        if (input < 0 || output < 0) return null;
        return new TokenUsage
        {
            Input = input, CachedInput = Cached, AudioInput = AudioIn, Output = output, Reasoning = Reasoning, AudioOutput = AudioOut,
        };
    }

    private static long Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.TryGetInt64(out var number) ? number : -1 : 0;

    private static long Detail(JsonElement json, string details, string name) =>
        json.TryGetProperty(details, out var inner) && inner.ValueKind == JsonValueKind.Object ? Number(inner, name) : 0;
}
