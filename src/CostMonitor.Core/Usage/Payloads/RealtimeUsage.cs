using System.Text.Json;
using static CostMonitor.Core.Usage.Payloads.UsageField;

namespace CostMonitor.Core.Usage.Payloads;

/// <summary>The <c>usage</c> of a realtime response or a transcription: text, audio and image tokens make up the input, each with its cached part inside.</summary>
internal static class RealtimeUsage
{
    public static ReportedUsage Read(JsonElement usage)
    {
        var (input, output) = (Find(usage, "input_token_details"), Find(usage, "output_token_details"));
        var cached = Find(input, "cached_tokens_details");
        return new ReportedUsage
        {
            Input = Count(usage, "input_tokens"),
            Output = Count(usage, "output_tokens"),
            Total = Count(usage, "total_tokens"),
            CachedInput = Count(input, "cached_tokens"),
            TextInput = Count(input, "text_tokens"),
            AudioInput = Count(input, "audio_tokens"),
            ImageInput = Count(input, "image_tokens"),
            CachedAudioInput = Count(cached, "audio_tokens"),
            CachedImageInput = Count(cached, "image_tokens"),
            TextOutput = Count(output, "text_tokens"),
            AudioOutput = Count(output, "audio_tokens"),
        };
    }
}
