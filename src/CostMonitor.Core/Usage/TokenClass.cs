namespace CostMonitor.Core.Usage;

/// <summary>The classes that partition the tokens of one call: each token is in exactly one of them.</summary>
public enum TokenClass
{
    /// <summary>Prompt tokens that were neither read from a cache nor written to one, without audio.</summary>
    Input,

    /// <summary>Prompt tokens read from the provider's prompt cache.</summary>
    CachedInput,

    /// <summary>Prompt tokens written to the provider's prompt cache, where the provider bills that apart.</summary>
    CacheWrite,

    /// <summary>Generated tokens that the caller sees, without audio.</summary>
    Output,

    /// <summary>Generated tokens that the model kept to itself.</summary>
    Reasoning,

    /// <summary>Audio tokens of the prompt.</summary>
    AudioInput,

    /// <summary>Generated audio tokens.</summary>
    AudioOutput,
}
