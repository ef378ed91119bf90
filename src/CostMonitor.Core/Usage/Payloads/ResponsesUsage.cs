using System.Text.Json;
using static CostMonitor.Core.Usage.Payloads.UsageField;

namespace CostMonitor.Core.Usage.Payloads;

/// <summary>The <c>usage</c> of a response, and of the images API that shares its shape: details are parts of the input and the output.</summary>
internal static class ResponsesUsage
{
    public static ReportedUsage Read(JsonElement usage) => new()
    {
        Convention = new UsageConvention(Reasoning: PartPlace.ByTotal),
        Input = Count(usage, "input_tokens"),
        Output = Count(usage, "output_tokens"),
        Total = Count(usage, "total_tokens"),
        CachedInput = Count(usage, "input_tokens_details", "cached_tokens"),
        CacheWrite = Count(usage, "input_tokens_details", "cache_write_tokens"),
        Reasoning = Count(usage, "output_tokens_details", "reasoning_tokens"),
    };

    /// <summary>The output of the images API is image tokens, unless its details say otherwise.</summary>
    public static ReportedUsage ReadImages(JsonElement usage) => new()
    {
        Input = Count(usage, "input_tokens"),
        Output = Count(usage, "output_tokens"),
        Total = Count(usage, "total_tokens"),
        CachedInput = Count(usage, "input_tokens_details", "cached_tokens"),
        TextInput = Count(usage, "input_tokens_details", "text_tokens"),
        ImageInput = Count(usage, "input_tokens_details", "image_tokens"),
        TextOutput = Count(usage, "output_tokens_details", "text_tokens"),
        ImageOutput = Count(usage, "output_tokens_details", "image_tokens") ?? Count(usage, "output_tokens"),
    };
}
