using System.Text;
using CostMonitor.Core.Usage;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>The most input tokens that a question is held at.</summary>
/// <remarks>
/// Text is held at twice what <see cref="TokenEstimator"/> counts, and never at more than its UTF-8 bytes, of which a tokenizer that falls back to bytes makes
/// at most one token each. What is not text has no bound: an image counts as <see cref="PerOther"/>.
/// </remarks>
internal static class PromptBound
{
    /// <summary>What stands for one part of a message that is not text: more than what vision models bill for one image at high detail.</summary>
    public const int PerOther = 2000;

    private const int PerMessage = 16, PerTool = 400; // names, roles and marks around a text; a tool's schema

    public static long Of(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        long tokens = PerMessage + (options?.Instructions is { } instructions ? Encoding.UTF8.GetByteCount(instructions) : 0) + ((long)PerTool * (options?.Tools?.Count ?? 0));
        foreach (var message in messages)
        {
            tokens += PerMessage;
            foreach (var content in message.Contents) tokens += content is TextContent text ? BytesOf(text.Text) : PerOther;
        }

        return tokens;
    }

    private static long BytesOf(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        return Math.Min(bytes, Math.Max(64, 2 * TokenEstimator.Count(text)));
    }
}
