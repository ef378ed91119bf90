namespace CostMonitor.Core.Usage;

/// <summary>Tokens billed for one call, in exclusive classes: the classes add up to the provider's total.</summary>
/// <remarks>
/// Providers report inclusive figures (OpenAI: cached and audio tokens are parts of the prompt tokens) or exclusive ones (Anthropic);
/// the adapters of CostMonitor.Providers turn both into this at the edge.
/// </remarks>
public readonly record struct TokenUsage
{
    private readonly long _input, _cachedInput, _cacheWrite, _output, _reasoning, _audioInput, _audioOutput;

    /// <inheritdoc cref="TokenClass.Input"/>
    public long Input { get => _input; init => _input = Checked(value); }

    /// <inheritdoc cref="TokenClass.CachedInput"/>
    public long CachedInput { get => _cachedInput; init => _cachedInput = Checked(value); }

    /// <inheritdoc cref="TokenClass.CacheWrite"/>
    public long CacheWrite { get => _cacheWrite; init => _cacheWrite = Checked(value); }

    /// <inheritdoc cref="TokenClass.Output"/>
    public long Output { get => _output; init => _output = Checked(value); }

    /// <inheritdoc cref="TokenClass.Reasoning"/>
    public long Reasoning { get => _reasoning; init => _reasoning = Checked(value); }

    /// <inheritdoc cref="TokenClass.AudioInput"/>
    public long AudioInput { get => _audioInput; init => _audioInput = Checked(value); }

    /// <inheritdoc cref="TokenClass.AudioOutput"/>
    public long AudioOutput { get => _audioOutput; init => _audioOutput = Checked(value); }

    /// <summary>All tokens of the prompt, however they were billed.</summary>
    public long TotalInput => Input + CachedInput + CacheWrite + AudioInput;

    /// <summary>All generated tokens, seen or not.</summary>
    public long TotalOutput => Output + Reasoning + AudioOutput;

    public long Total => TotalInput + TotalOutput;

    public long this[TokenClass tokenClass] => tokenClass switch
    {
        TokenClass.Input => Input,
        TokenClass.CachedInput => CachedInput,
        TokenClass.CacheWrite => CacheWrite,
        TokenClass.Output => Output,
        TokenClass.Reasoning => Reasoning,
        TokenClass.AudioInput => AudioInput,
        TokenClass.AudioOutput => AudioOutput,
        _ => throw new ArgumentOutOfRangeException(nameof(tokenClass), tokenClass, "Not a token class."),
    };

    public static TokenUsage operator +(TokenUsage a, TokenUsage b) => new()
    {
        Input = a.Input + b.Input,
        CachedInput = a.CachedInput + b.CachedInput,
        CacheWrite = a.CacheWrite + b.CacheWrite,
        Output = a.Output + b.Output,
        Reasoning = a.Reasoning + b.Reasoning,
        AudioInput = a.AudioInput + b.AudioInput,
        AudioOutput = a.AudioOutput + b.AudioOutput,
    };

    private static long Checked(long tokens, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens, name);
        return tokens;
    }
}
