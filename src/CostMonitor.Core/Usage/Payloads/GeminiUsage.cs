using System.Text.Json;
using static CostMonitor.Core.Usage.Payloads.UsageField;

namespace CostMonitor.Core.Usage.Payloads;

/// <summary>Gemini's <c>usageMetadata</c>: cached content is inside the prompt; thoughts and the prompts of tools are beside the rest.</summary>
/// <remarks>A count of 0 is left out of the JSON. Video and documents are priced as images are.</remarks>
internal static class GeminiUsage
{
    public static ReportedUsage Read(JsonElement usage) => new()
    {
        Convention = new UsageConvention(Reasoning: PartPlace.Beside),
        Input = Count(usage, "promptTokenCount"),
        Output = Count(usage, "candidatesTokenCount") ?? Count(usage, "responseTokenCount") ?? 0,
        Total = Count(usage, "totalTokenCount"),
        CachedInput = Count(usage, "cachedContentTokenCount"),
        ToolUseInput = Count(usage, "toolUsePromptTokenCount"),
        AudioInput = Sum(Audio(usage, "promptTokensDetails"), Audio(usage, "toolUsePromptTokensDetails")),
        ImageInput = Sum(Seen(usage, "promptTokensDetails"), Seen(usage, "toolUsePromptTokensDetails")),
        CachedAudioInput = Audio(usage, "cacheTokensDetails"),
        CachedImageInput = Seen(usage, "cacheTokensDetails"),
        Reasoning = Count(usage, "thoughtsTokenCount"),
        AudioOutput = Sum(Audio(usage, "candidatesTokensDetails"), Audio(usage, "responseTokensDetails")),
        ImageOutput = Sum(Seen(usage, "candidatesTokensDetails"), Seen(usage, "responseTokensDetails")),
    };

    private static long? Audio(JsonElement usage, string details) => Of(usage, details, "AUDIO");

    private static long? Seen(JsonElement usage, string details) =>
        Sum(Of(usage, details, "IMAGE"), Sum(Of(usage, details, "VIDEO"), Of(usage, details, "DOCUMENT")));

    private static long? Of(JsonElement usage, string details, string modality)
    {
        if (Find(usage, details) is not { ValueKind: JsonValueKind.Array } list) return null;
        long? tokens = null;
        foreach (var item in list.EnumerateArray())
        {
            if (Is(item, "modality", modality)) tokens = Sum(tokens, Count(item, "tokenCount"));
        }

        return tokens;
    }
}
