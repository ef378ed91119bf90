using System.Text.Json;
using static CostMonitor.Core.Usage.Payloads.UsageField;

namespace CostMonitor.Core.Usage.Payloads;

/// <summary>The <c>usage</c> of a chat completion, whose details are parts of the prompt and the completion.</summary>
/// <remarks>Compatible servers put the cached tokens in other places and leave reasoning out of the completion, as their totals show.</remarks>
internal static class ChatCompletionsUsage
{
    public static ReportedUsage Read(JsonElement usage) => Read(usage, PartPlace.ByTotal);

    /// <summary>DeepSeek reports the two parts of the prompt, which must make up the whole.</summary>
    public static ReportedUsage ReadDeepseek(JsonElement usage)
    {
        var (hit, miss) = (Count(usage, "prompt_cache_hit_tokens"), Count(usage, "prompt_cache_miss_tokens"));
        var chat = Read(usage);
        return chat with { Input = chat.Input ?? Sum(hit, miss), CachedInput = hit ?? chat.CachedInput, UncachedInput = miss };
    }

    /// <summary>xAI counts reasoning beside the completion.</summary>
    public static ReportedUsage ReadXai(JsonElement usage)
    {
        var chat = Read(usage, PartPlace.Beside);
        return chat with { CachedInput = chat.CachedInput ?? Count(usage, "cached_prompt_text_tokens") };
    }

    /// <summary>Embeddings have a prompt and nothing else.</summary>
    public static ReportedUsage ReadEmbeddings(JsonElement usage) => new()
    {
        Input = Count(usage, "prompt_tokens"),
        Output = Has(usage, "prompt_tokens") ? 0 : null,
        Total = Count(usage, "total_tokens"),
    };

    private static ReportedUsage Read(JsonElement usage, PartPlace reasoning)
    {
        var (prompt, completion) = (Find(usage, "prompt_tokens_details"), Find(usage, "completion_tokens_details"));
        return new ReportedUsage
        {
            Convention = new UsageConvention(Reasoning: reasoning),
            Input = Count(usage, "prompt_tokens"),
            Output = Count(usage, "completion_tokens"),
            Total = Count(usage, "total_tokens"),
            CachedInput = Count(prompt, "cached_tokens") ?? Count(usage, "cached_tokens") ?? Count(usage, "prompt_cache_hit_tokens"),
            CacheWrite = Count(prompt, "cache_write_tokens"),
            AudioInput = Count(prompt, "audio_tokens"),
            ImageInput = Count(prompt, "image_tokens"),
            Reasoning = Count(completion, "reasoning_tokens") ?? Count(usage, "reasoning_tokens"),
            AudioOutput = Count(completion, "audio_tokens"),
            ImageOutput = Count(completion, "image_tokens"),
        };
    }
}
