using CostMonitor.Core.Usage;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>Usage as every <see cref="IChatClient"/> reports it: cached, audio and reasoning tokens are parts of the totals. What has no place of its own is an additional count.</summary>
internal static class StandardUsage
{
    private const string CacheWrite = "cache_write_tokens", CacheWriteShort = "cache_write_5m_tokens",
        CacheWriteOneHour = "cache_write_1h_tokens", CachedAudioInput = "cached_audio_input_tokens",
        ImageInput = "image_input_tokens", CachedImageInput = "cached_image_input_tokens", ImageOutput = "image_output_tokens";

    public static UsageDetails Write(ReportedUsage usage)
    {
        var details = new UsageDetails
        {
            InputTokenCount = WholeInput(usage),
            OutputTokenCount = usage.Output,
            TotalTokenCount = usage.Total,
            CachedInputTokenCount = usage.CachedInput,
            InputAudioTokenCount = usage.AudioInput,
            ReasoningTokenCount = usage.Reasoning,
            OutputAudioTokenCount = usage.AudioOutput,
        };
        Add(details, CacheWrite, usage.CacheWrite);
        Add(details, CacheWriteShort, usage.CacheWriteShort);
        Add(details, CacheWriteOneHour, usage.CacheWriteOneHour);
        Add(details, CachedAudioInput, usage.CachedAudioInput);
        Add(details, ImageInput, usage.ImageInput);
        Add(details, CachedImageInput, usage.CachedImageInput);
        Add(details, ImageOutput, usage.ImageOutput);
        return details;
    }

    public static ReportedUsage Read(UsageDetails details) => new()
    {
        Convention = new UsageConvention(Reasoning: PartPlace.ByTotal),
        Input = details.InputTokenCount,
        Output = details.OutputTokenCount,
        Total = details.TotalTokenCount,
        CachedInput = details.CachedInputTokenCount,
        CacheWrite = Find(details, CacheWrite),
        CacheWriteShort = Find(details, CacheWriteShort),
        CacheWriteOneHour = Find(details, CacheWriteOneHour),
        AudioInput = details.InputAudioTokenCount,
        ImageInput = Find(details, ImageInput),
        CachedAudioInput = Find(details, CachedAudioInput),
        CachedImageInput = Find(details, CachedImageInput),
        Reasoning = details.ReasoningTokenCount,
        AudioOutput = details.OutputAudioTokenCount,
        ImageOutput = Find(details, ImageOutput),
    };

    private static long? WholeInput(ReportedUsage usage)
    {
        if (usage.Convention.Cache != PartPlace.Beside || usage.Input is not { } input) return usage.Input;
        var (cached, written) = (usage.CachedInput ?? 0, usage.CacheWrite ?? 0);
        return input < 0 || cached < 0 || written < 0 ? -1 : input + cached + written;
    }

    private static void Add(UsageDetails details, string name, long? tokens)
    {
        if (tokens is { } count and not 0) (details.AdditionalCounts ??= [])[name] = count;
    }

    private static long? Find(UsageDetails details, string name) =>
        details.AdditionalCounts?.TryGetValue(name, out var count) == true ? count : null;
}
