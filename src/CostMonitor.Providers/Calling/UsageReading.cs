using System.Globalization;
using CostMonitor.Core.Usage;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>Turns reported usage, whose cached, audio and reasoning tokens are parts of the totals, into exclusive classes, and checks it.</summary>
/// <remarks>The same for our clients and for any other <see cref="IChatClient"/>.</remarks>
internal static class UsageReading
{
    private const string CacheWrite = "cache_write_tokens";
    private const long Absurd = 100_000_000; // a hundred times the longest context on offer

    public static void SetCacheWrite(UsageDetails usage, long? tokens)
    {
        if (tokens is { } count and not 0) (usage.AdditionalCounts ??= [])[CacheWrite] = count;
    }

    /// <param name="hasOutput">True when at least one token came: a report of no output is then wrong.</param>
    /// <param name="doubt">Why the figures are not to be trusted; empty if they are.</param>
    public static bool TryRead(UsageDetails usage, bool hasOutput, out TokenUsage tokens, out string doubt)
    {
        tokens = default;
        var part = new Parts(usage);
        doubt = Doubt(part, hasOutput);
        if (doubt.Length > 0) return false;
        tokens = new TokenUsage
        {
            Input = part.Input - part.Cached - part.Written - part.AudioIn,
            CachedInput = part.Cached,
            CacheWrite = part.Written,
            AudioInput = part.AudioIn,
            Output = part.Output - part.Reasoning - part.AudioOut,
            Reasoning = part.Reasoning,
            AudioOutput = part.AudioOut,
        };
        return true;
    }

    private static string Doubt(Parts part, bool hasOutput) => part switch
    {
        { IsComplete: false } => "only one of input and output is reported",
        { Least: < 0 } => "a figure is negative or no whole number",
        { Most: > Absurd } => Say($"a figure of {part.Most} tokens is absurd"),
        { Input: 0 } => "no input is reported for a call that had a prompt",
        { Output: 0 } when hasOutput => "no output is reported for an answer that had tokens",
        _ when part.Cached + part.Written + part.AudioIn > part.Input => Say($"cached, cache-write and audio tokens exceed the {part.Input} input tokens that hold them"),
        _ when part.Reasoning + part.AudioOut > part.Output => Say($"reasoning and audio tokens exceed the {part.Output} output tokens that hold them"),
        { Total: { } total } when total != part.Input + part.Output => Say($"the total of {total} is not {part.Input} input and {part.Output} output tokens"),
        _ => "",
    };

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Parts
    {
        public Parts(UsageDetails usage)
        {
            IsComplete = usage.InputTokenCount is not null && usage.OutputTokenCount is not null;
            (Input, Output, Total) = (usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0, usage.TotalTokenCount);
            (Cached, Reasoning) = (usage.CachedInputTokenCount ?? 0, usage.ReasoningTokenCount ?? 0);
            (AudioIn, AudioOut) = (usage.InputAudioTokenCount ?? 0, usage.OutputAudioTokenCount ?? 0);
            Written = usage.AdditionalCounts?.TryGetValue(CacheWrite, out var written) == true ? written : 0;

            // xAI and Google's compatible endpoint leave reasoning out of the completion tokens, as their totals show.
            if (Reasoning > 0 && Least >= 0 && Most <= Absurd && Total == Input + Output + Reasoning) Output += Reasoning;
        }

        public bool IsComplete { get; }

        public long Input { get; }

        public long Output { get; }

        public long? Total { get; }

        public long Cached { get; }

        public long Written { get; }

        public long Reasoning { get; }

        public long AudioIn { get; }

        public long AudioOut { get; }

        public long Least => Math.Min(Math.Min(Math.Min(Input, Output), Math.Min(Cached, Written)), Math.Min(Reasoning, Math.Min(AudioIn, AudioOut)));

        public long Most => Math.Max(Math.Max(Math.Max(Input, Output), Math.Max(Cached, Written)), Math.Max(Reasoning, Math.Max(AudioIn, AudioOut)));
    }
}
