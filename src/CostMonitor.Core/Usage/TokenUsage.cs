using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace CostMonitor.Core.Usage;

/// <summary>Tokens billed for one call, in exclusive classes: the classes add up to the provider's total.</summary>
/// <remarks>
/// Providers report inclusive figures (OpenAI: cached and audio tokens are parts of the prompt tokens) or exclusive ones (Anthropic);
/// both become this at the edge.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct TokenUsage
{
    // In the order of the classes: Counts reads them as one row.
    private readonly long _input, _cachedInput, _cacheWrite, _cacheWriteOneHour, _audioInput, _cachedAudioInput;
    private readonly long _imageInput, _cachedImageInput, _output, _reasoning, _audioOutput, _imageOutput;

    /// <inheritdoc cref="TokenClass.Input"/>
    public long Input { get => _input; init => _input = Checked(value); }

    /// <inheritdoc cref="TokenClass.CachedInput"/>
    public long CachedInput { get => _cachedInput; init => _cachedInput = Checked(value); }

    /// <inheritdoc cref="TokenClass.CacheWrite"/>
    public long CacheWrite { get => _cacheWrite; init => _cacheWrite = Checked(value); }

    /// <inheritdoc cref="TokenClass.CacheWriteOneHour"/>
    public long CacheWriteOneHour { get => _cacheWriteOneHour; init => _cacheWriteOneHour = Checked(value); }

    /// <inheritdoc cref="TokenClass.AudioInput"/>
    public long AudioInput { get => _audioInput; init => _audioInput = Checked(value); }

    /// <inheritdoc cref="TokenClass.CachedAudioInput"/>
    public long CachedAudioInput { get => _cachedAudioInput; init => _cachedAudioInput = Checked(value); }

    /// <inheritdoc cref="TokenClass.ImageInput"/>
    public long ImageInput { get => _imageInput; init => _imageInput = Checked(value); }

    /// <inheritdoc cref="TokenClass.CachedImageInput"/>
    public long CachedImageInput { get => _cachedImageInput; init => _cachedImageInput = Checked(value); }

    /// <inheritdoc cref="TokenClass.Output"/>
    public long Output { get => _output; init => _output = Checked(value); }

    /// <inheritdoc cref="TokenClass.Reasoning"/>
    public long Reasoning { get => _reasoning; init => _reasoning = Checked(value); }

    /// <inheritdoc cref="TokenClass.AudioOutput"/>
    public long AudioOutput { get => _audioOutput; init => _audioOutput = Checked(value); }

    /// <inheritdoc cref="TokenClass.ImageOutput"/>
    public long ImageOutput { get => _imageOutput; init => _imageOutput = Checked(value); }

    /// <summary>All tokens of the prompt, however they were billed.</summary>
    public long TotalInput =>
        Input + CachedInput + CacheWrite + CacheWriteOneHour + AudioInput + CachedAudioInput + ImageInput + CachedImageInput;

    /// <summary>All generated tokens, seen or not.</summary>
    public long TotalOutput => Output + Reasoning + AudioOutput + ImageOutput;

    public long Total => TotalInput + TotalOutput;

    /// <summary>The tokens by class, in the order of the classes.</summary>
    [UnscopedRef]
    public ReadOnlySpan<long> Counts => MemoryMarshal.CreateReadOnlySpan(in _input, TokenClasses.Count);

    public long this[TokenClass tokenClass] => (uint)tokenClass < (uint)TokenClasses.Count
        ? Counts[(int)tokenClass]
        : throw new ArgumentOutOfRangeException(nameof(tokenClass), tokenClass, "Not a token class.");

    public static TokenUsage operator +(TokenUsage a, TokenUsage b) => new()
    {
        Input = a.Input + b.Input,
        CachedInput = a.CachedInput + b.CachedInput,
        CacheWrite = a.CacheWrite + b.CacheWrite,
        CacheWriteOneHour = a.CacheWriteOneHour + b.CacheWriteOneHour,
        AudioInput = a.AudioInput + b.AudioInput,
        CachedAudioInput = a.CachedAudioInput + b.CachedAudioInput,
        ImageInput = a.ImageInput + b.ImageInput,
        CachedImageInput = a.CachedImageInput + b.CachedImageInput,
        Output = a.Output + b.Output,
        Reasoning = a.Reasoning + b.Reasoning,
        AudioOutput = a.AudioOutput + b.AudioOutput,
        ImageOutput = a.ImageOutput + b.ImageOutput,
    };

    private static long Checked(long tokens, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens, name);
        return tokens;
    }
}
