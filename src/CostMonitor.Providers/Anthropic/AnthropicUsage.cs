using System.Text.Json;
using CostMonitor.Core.Usage;

namespace CostMonitor.Providers.Anthropic;

/// <summary>The usage of a message, which comes in two parts: the prompt's at the start, the answer's at the end, as a running total.</summary>
/// <remarks>Anthropic's classes are exclusive: input_tokens holds neither what was read from the cache nor what was written to it.</remarks>
internal sealed class AnthropicUsage
{
    private long? _input, _cacheRead, _cacheWrite, _output;

    public void Add(JsonElement usage)
    {
        if (usage.ValueKind != JsonValueKind.Object) return;
        _input = Number(usage, "input_tokens") ?? _input;
        _cacheRead = Number(usage, "cache_read_input_tokens") ?? _cacheRead;
        _cacheWrite = Number(usage, "cache_creation_input_tokens") ?? _cacheWrite;
        _output = Number(usage, "output_tokens") ?? _output;
    }

    /// <summary>Null when a part is missing or negative.</summary>
    public TokenUsage? ToExclusive() =>
        _input is >= 0 and var input && _output is >= 0 and var output && !(_cacheRead < 0) && !(_cacheWrite < 0)
            ? new TokenUsage { Input = input, CachedInput = _cacheRead ?? 0, CacheWrite = _cacheWrite ?? 0, Output = output }
            : null;

    private static long? Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.TryGetInt64(out var number) ? number : -1 : null;
}
