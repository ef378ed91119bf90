using System.Text.Json;

namespace CostMonitor.Core.Usage.Payloads;

/// <summary>Reads what providers report of a call: the usage object, or the body or event that holds it.</summary>
public static class UsagePayload
{
    /// <param name="flavor">The shape; <see cref="TryDetect"/> finds it where it is not known.</param>
    /// <param name="payload">Any JSON. What it says wrongly comes to light in <see cref="ReportedUsage.TryNormalise"/>.</param>
    /// <returns>Null when neither input nor output is reported.</returns>
    public static ReportedUsage? Read(UsageFlavor flavor, JsonElement payload)
    {
        var usage = UsageObject.In(payload);
        var reported = flavor switch
        {
            UsageFlavor.ChatCompletions or UsageFlavor.Mistral => ChatCompletionsUsage.Read(usage),
            UsageFlavor.Deepseek => ChatCompletionsUsage.ReadDeepseek(usage),
            UsageFlavor.Xai => ChatCompletionsUsage.ReadXai(usage),
            UsageFlavor.Embeddings => ChatCompletionsUsage.ReadEmbeddings(usage),
            UsageFlavor.Responses => ResponsesUsage.Read(usage),
            UsageFlavor.Images => ResponsesUsage.ReadImages(usage),
            UsageFlavor.Realtime or UsageFlavor.Transcription => RealtimeUsage.Read(usage),
            UsageFlavor.Anthropic => AnthropicUsage.Read(usage),
            UsageFlavor.Gemini => GeminiUsage.Read(usage),
            UsageFlavor.Cohere => CohereUsage.Read(usage),
            UsageFlavor.Bedrock => BedrockUsage.Read(usage),
            _ => throw new ArgumentOutOfRangeException(nameof(flavor), flavor, "Not a flavor of usage."),
        };
        return IsEmpty(reported) ? null : reported;
    }

    /// <summary>The flavor that a payload has by its fields.</summary>
    /// <param name="payload">A usage object, or the body or event that holds it.</param>
    /// <param name="flavor">Meaningless when the result is false.</param>
    /// <param name="problem">Why it cannot be told, as a sentence; empty when the result is true.</param>
    public static bool TryDetect(JsonElement payload, out UsageFlavor flavor, out string problem) =>
        FlavorMarks.TryDetect(payload, UsageObject.In(payload), out flavor, out problem);

    private static bool IsEmpty(ReportedUsage usage) => usage is
    {
        Input: null, Output: null or 0, Total: null, CachedInput: null, CacheWrite: null, ToolUseInput: null, Reasoning: null,
    };
}
