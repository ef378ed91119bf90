namespace CostMonitor.Core.Usage;

/// <summary>A provider's figures as it reports them, which overlap, and the convention that says how.</summary>
/// <remarks>Each is in tokens. Null means that the provider did not say; -1 that what it said is no whole number, and so not to be trusted.</remarks>
public readonly record struct ReportedUsage
{
    public UsageConvention Convention { get; init; }

    /// <summary>The prompt, without <see cref="ToolUseInput"/>; with or without cached and written tokens as the convention says.</summary>
    public long? Input { get; init; }

    /// <summary>All that was generated; with or without reasoning as the convention says.</summary>
    public long? Output { get; init; }

    /// <summary>Input and output together. It only serves to check the others.</summary>
    public long? Total { get; init; }

    /// <summary>Read from a cache, of whatever modality.</summary>
    public long? CachedInput { get; init; }

    /// <summary>Not read from a cache. It only serves to check the others.</summary>
    public long? UncachedInput { get; init; }

    /// <summary>Written to a cache for whatever time.</summary>
    public long? CacheWrite { get; init; }

    /// <summary>The part of <see cref="CacheWrite"/> that is kept for the shortest time. It only serves to check the others.</summary>
    public long? CacheWriteShort { get; init; }

    /// <summary>The part of <see cref="CacheWrite"/> that is kept for an hour.</summary>
    public long? CacheWriteOneHour { get; init; }

    /// <summary>Text of the prompt, cached or not. It only serves to check the others.</summary>
    public long? TextInput { get; init; }

    /// <summary>Audio of the prompt, cached or not.</summary>
    public long? AudioInput { get; init; }

    /// <summary>Images of the prompt, cached or not; video and documents where they are reported apart.</summary>
    public long? ImageInput { get; init; }

    /// <summary>The audio in <see cref="CachedInput"/>.</summary>
    public long? CachedAudioInput { get; init; }

    /// <summary>The images in <see cref="CachedInput"/>.</summary>
    public long? CachedImageInput { get; init; }

    /// <summary>What the results of tools on the provider's side added to the prompt, beside <see cref="Input"/>.</summary>
    public long? ToolUseInput { get; init; }

    /// <summary>Text of the answer. It only serves to check the others.</summary>
    public long? TextOutput { get; init; }

    public long? AudioOutput { get; init; }

    public long? ImageOutput { get; init; }

    /// <summary>What the model kept to itself.</summary>
    public long? Reasoning { get; init; }

    /// <summary>Puts each token into exactly one class, if the figures can be right.</summary>
    /// <param name="hasOutput">True when at least one token came: a report of no output is then wrong.</param>
    /// <param name="tokens">Its total is the provider's; nothing when the result is false.</param>
    /// <param name="doubt">Why the figures are not to be trusted, as a clause without a full stop; empty if they are.</param>
    public bool TryNormalise(bool hasOutput, out TokenUsage tokens, out string doubt)
    {
        var parts = new UsageParts(this);
        doubt = parts.Doubt(this, hasOutput);
        tokens = doubt.Length == 0 ? parts.Tokens() : default;
        return doubt.Length == 0;
    }

    /// <summary>These figures with those of a later report of the same call over them: of each, the last one counts.</summary>
    public ReportedUsage Then(ReportedUsage later) => later with
    {
        Input = later.Input ?? Input,
        Output = later.Output ?? Output,
        Total = later.Total ?? Total,
        CachedInput = later.CachedInput ?? CachedInput,
        UncachedInput = later.UncachedInput ?? UncachedInput,
        CacheWrite = later.CacheWrite ?? CacheWrite,
        CacheWriteShort = later.CacheWriteShort ?? (later.CacheWrite is null || later.CacheWrite == CacheWrite ? CacheWriteShort : null),
        CacheWriteOneHour = later.CacheWriteOneHour ?? CacheWriteOneHour,
        TextInput = later.TextInput ?? TextInput,
        AudioInput = later.AudioInput ?? AudioInput,
        ImageInput = later.ImageInput ?? ImageInput,
        CachedAudioInput = later.CachedAudioInput ?? CachedAudioInput,
        CachedImageInput = later.CachedImageInput ?? CachedImageInput,
        ToolUseInput = later.ToolUseInput ?? ToolUseInput,
        TextOutput = later.TextOutput ?? TextOutput,
        AudioOutput = later.AudioOutput ?? AudioOutput,
        ImageOutput = later.ImageOutput ?? ImageOutput,
        Reasoning = later.Reasoning ?? Reasoning,
    };
}
