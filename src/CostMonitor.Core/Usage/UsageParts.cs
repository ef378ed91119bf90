using System.Globalization;

namespace CostMonitor.Core.Usage;

/// <summary>Reported figures with every part inside its whole, which is the one form in which they are checked and divided.</summary>
internal readonly struct UsageParts
{
    private const long Absurd = 100_000_000; // a hundred times the longest context on offer

    private readonly long _least, _most, _input, _output, _cached, _written, _oneHour, _audio, _image, _cachedAudio, _cachedImage;
    private readonly long _reasoning, _audioOut, _imageOut;

    public UsageParts(ReportedUsage usage)
    {
        (_least, _most) = Range(
            usage.Input, usage.Output, usage.Total, usage.CachedInput, usage.UncachedInput, usage.CacheWrite, usage.CacheWriteShort,
            usage.CacheWriteOneHour, usage.TextInput, usage.AudioInput, usage.ImageInput, usage.CachedAudioInput, usage.CachedImageInput,
            usage.ToolUseInput, usage.TextOutput, usage.AudioOutput, usage.ImageOutput, usage.Reasoning);
        (_cachedAudio, _cachedImage) = (usage.CachedAudioInput ?? 0, usage.CachedImageInput ?? 0);
        (_audio, _image) = (usage.AudioInput ?? _cachedAudio, usage.ImageInput ?? _cachedImage);
        _cached = usage.CachedInput ?? _cachedAudio + _cachedImage;
        _oneHour = usage.CacheWriteOneHour ?? 0;
        _written = usage.CacheWrite ?? (usage.CacheWriteShort ?? 0) + _oneHour;
        (_reasoning, _audioOut, _imageOut) = (usage.Reasoning ?? 0, usage.AudioOutput ?? 0, usage.ImageOutput ?? 0);
        _input = (usage.Input ?? 0) + (usage.ToolUseInput ?? 0) + (usage.Convention.Cache == PartPlace.Beside ? _cached + _written : 0);
        _output = (usage.Output ?? 0) + (IsReasoningBeside(usage) ? _reasoning : 0);
    }

    public TokenUsage Tokens() => new()
    {
        Input = Text,
        CachedInput = _cached - _cachedAudio - _cachedImage,
        CacheWrite = _written - _oneHour,
        CacheWriteOneHour = _oneHour,
        AudioInput = _audio - _cachedAudio,
        CachedAudioInput = _cachedAudio,
        ImageInput = _image - _cachedImage,
        CachedImageInput = _cachedImage,
        Output = _output - _reasoning - _audioOut - _imageOut,
        Reasoning = _reasoning,
        AudioOutput = _audioOut,
        ImageOutput = _imageOut,
    };

    /// <returns>What does not fit; empty if all does.</returns>
    public string Doubt(ReportedUsage usage, bool hasOutput)
    {
        if (usage.Input is null || usage.Output is null) return "only one of input and output is reported";
        if (_least < 0) return "a figure is negative or no whole number";
        if (_most > Absurd) return Say($"a figure of {_most} tokens is absurd");
        if (_input == 0) return "no input is reported for a call that had a prompt";
        if (_output == 0 && hasOutput) return "no output is reported for an answer that had tokens";
        return OfInput(usage) ?? OfOutput(usage) ?? OfTotal(usage) ?? "";
    }

    private long Text => _input - (_cached - _cachedAudio - _cachedImage) - _written - _audio - _image;

    private string? OfInput(ReportedUsage usage)
    {
        if (_cachedAudio > _audio) return Say($"{_cachedAudio} cached audio tokens exceed the {_audio} audio tokens that hold them");
        if (_cachedImage > _image) return Say($"{_cachedImage} cached image tokens exceed the {_image} image tokens that hold them");
        if (_cachedAudio + _cachedImage > _cached) return Say($"cached audio and image tokens exceed the {_cached} cached tokens that hold them");
        if (_oneHour > _written || usage.CacheWriteShort is { } brief && brief + _oneHour != _written)
        {
            return Say($"the cache-write tokens by time do not add up to the {_written} cache-write tokens");
        }

        if (Text < 0) return Say($"cached, cache-write, audio and image tokens exceed the {_input} input tokens that hold them");
        if (usage.UncachedInput is { } uncached && uncached + _cached != _input)
        {
            return Say($"{_cached} cached and {uncached} other tokens are not the {_input} input tokens");
        }

        return usage.TextInput is { } text && text + _audio + _image != _input
            ? Say($"{text} text, {_audio} audio and {_image} image tokens are not the {_input} input tokens")
            : null;
    }

    private string? OfOutput(ReportedUsage usage)
    {
        if (_reasoning + _audioOut + _imageOut > _output) return Say($"reasoning, audio and image tokens exceed the {_output} output tokens that hold them");
        return usage.TextOutput is { } text && text + _audioOut + _imageOut != _output
            ? Say($"{text} text, {_audioOut} audio and {_imageOut} image tokens are not the {_output} output tokens")
            : null;
    }

    // Providers that count the cache beside the input differ in whether their total holds it.
    private string? OfTotal(ReportedUsage usage)
    {
        if (usage.Total is not { } total || total == _input + _output) return null;
        if (usage.Convention.Cache == PartPlace.Beside && total == _input - _cached - _written + _output) return null;
        return Say($"the total of {total} is not {_input} input and {_output} output tokens");
    }

    private bool IsReasoningBeside(ReportedUsage usage) => usage.Convention.Reasoning switch
    {
        PartPlace.Beside => true,
        PartPlace.ByTotal => _reasoning > 0 && usage.Total == _input + usage.Output + _reasoning,
        _ => false,
    };

    private static (long Least, long Most) Range(params ReadOnlySpan<long?> figures)
    {
        var (least, most) = (0L, 0L);
        foreach (var figure in figures) (least, most) = (Math.Min(least, figure ?? 0), Math.Max(most, figure ?? 0));
        return (least, most);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
