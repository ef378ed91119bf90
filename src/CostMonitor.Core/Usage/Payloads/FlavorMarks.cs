using System.Text.Json;
using CostMonitor.Core.Input;
using static CostMonitor.Core.Usage.Payloads.UsageField;

namespace CostMonitor.Core.Usage.Payloads;

/// <summary>By which fields each flavor is known; a field that is null is a mark too.</summary>
internal static class FlavorMarks
{
    private delegate bool Mark(JsonElement payload, JsonElement usage);

    private static readonly (UsageFlavor Flavor, Mark IsMarked)[] Marks =
    [
        (UsageFlavor.ChatCompletions, static (_, u) => HasAll(u, "prompt_tokens", "completion_tokens") && !IsDeepseek(u) && !IsXai(u) && !IsMistral(u)),
        (UsageFlavor.Deepseek, static (_, u) => IsDeepseek(u)),
        (UsageFlavor.Xai, static (_, u) => IsXai(u)),
        (UsageFlavor.Mistral, static (_, u) => IsMistral(u)),
        (UsageFlavor.Embeddings, static (_, u) => HasAll(u, "prompt_tokens", "total_tokens") && !IsNamed(u, "completion_tokens")),
        (UsageFlavor.Responses, static (p, u) => IsPair(u) && (IsResponses(p, u) || IsBare(p, u))),
        (UsageFlavor.Anthropic, static (p, u) => IsPair(u) && (IsAnthropic(p, u) || IsBare(p, u))),
        (UsageFlavor.Images, static (_, u) => IsPair(u) && IsImages(u)),
        (UsageFlavor.Realtime, static (_, u) => IsPair(u) && IsRealtime(u) && !IsTranscription(u)),
        (UsageFlavor.Transcription, static (_, u) => IsPair(u) && IsTranscription(u)),
        (UsageFlavor.Gemini, static (_, u) => HasAny(u, "promptTokenCount", "totalTokenCount", "candidatesTokenCount", "responseTokenCount")),
        (UsageFlavor.Cohere, static (_, u) => HasAny(u, "billed_units", "tokens")),
        (UsageFlavor.Bedrock, static (_, u) => HasAny(u, "inputTokens", "outputTokens")),
    ];

    public static bool TryDetect(JsonElement payload, JsonElement usage, out UsageFlavor flavor, out string problem)
    {
        var fits = Marks.Where(m => m.IsMarked(payload, usage)).Select(static m => m.Flavor).ToArray();
        flavor = fits.FirstOrDefault();
        problem = fits switch
        {
            [_] => "",
            [] => $"The usage has the fields of no known flavor; expected those of one of {EnumNames.All<UsageFlavor>()}.",
            _ => $"The usage fits the flavors {string.Join(" and ", fits.Select(EnumNames.Of))}; name the one that it is.",
        };
        return fits.Length == 1;
    }

    private static bool IsDeepseek(JsonElement usage) => HasAny(usage, "prompt_cache_hit_tokens", "prompt_cache_miss_tokens");

    private static bool IsXai(JsonElement usage) => IsNamed(usage, "prompt_tokens") && HasAny(usage, "num_sources_used", "cached_prompt_text_tokens");

    private static bool IsMistral(JsonElement usage) => IsNamed(usage, "prompt_tokens") && IsNamed(usage, "prompt_audio_seconds");

    private static bool IsPair(JsonElement usage) => HasAll(usage, "input_tokens", "output_tokens");

    private static bool IsResponses(JsonElement payload, JsonElement usage) =>
        !IsImages(usage) && !IsRealtime(usage) && !IsTranscription(usage)
        && (Is(payload, "object", "response") || HasAny(usage, "total_tokens", "input_tokens_details") || IsNamed(Find(usage, "output_tokens_details"), "reasoning_tokens"));

    private static bool IsAnthropic(JsonElement payload, JsonElement usage) =>
        Is(payload, "type", "message") || Is(payload, "type", "message_start")
        || HasAny(usage, "cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation", "server_tool_use", "iterations")
        || IsNamed(Find(usage, "output_tokens_details"), "thinking_tokens");

    private static bool IsImages(JsonElement usage) =>
        HasAny(Find(usage, "input_tokens_details"), "image_tokens", "text_tokens") || IsNamed(Find(usage, "output_tokens_details"), "image_tokens");

    private static bool IsRealtime(JsonElement usage) => HasAny(usage, "input_token_details", "output_token_details");

    private static bool IsTranscription(JsonElement usage) => Is(usage, "type", "tokens");

    private static bool IsBare(JsonElement payload, JsonElement usage) =>
        !IsResponses(payload, usage) && !IsAnthropic(payload, usage) && !IsImages(usage) && !IsRealtime(usage) && !IsTranscription(usage);

    private static bool HasAny(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (IsNamed(json, name)) return true;
        }

        return false;
    }

    private static bool HasAll(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!IsNamed(json, name)) return false;
        }

        return true;
    }
}
