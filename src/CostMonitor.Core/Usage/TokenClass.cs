namespace CostMonitor.Core.Usage;

/// <summary>The classes that partition the tokens of one call: each token is in exactly one of them. Those of the prompt come first.</summary>
public enum TokenClass
{
    /// <summary>Text tokens of the prompt that were neither read from a cache nor written to one.</summary>
    Input,

    /// <summary>Text tokens of the prompt that were read from the provider's prompt cache.</summary>
    CachedInput,

    /// <summary>Prompt tokens written to the provider's prompt cache for its shortest time (Anthropic: 5 minutes), where the provider bills that apart.</summary>
    CacheWrite,

    /// <summary>Prompt tokens written to the provider's prompt cache for an hour.</summary>
    CacheWriteOneHour,

    /// <summary>Audio tokens of the prompt that were not read from a cache.</summary>
    AudioInput,

    /// <summary>Audio tokens of the prompt that were read from the provider's prompt cache.</summary>
    CachedAudioInput,

    /// <summary>Image tokens of the prompt that were not read from a cache, where the provider reports them apart.</summary>
    ImageInput,

    /// <summary>Image tokens of the prompt that were read from the provider's prompt cache.</summary>
    CachedImageInput,

    /// <summary>Generated text tokens that the caller sees.</summary>
    Output,

    /// <summary>Generated tokens that the model kept to itself.</summary>
    Reasoning,

    /// <summary>Generated audio tokens.</summary>
    AudioOutput,

    /// <summary>Generated image tokens.</summary>
    ImageOutput,
}
