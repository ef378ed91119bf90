using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Wire;

/// <summary>What the bodies of all APIs have in common.</summary>
internal static class RequestBody
{
    // The body is UTF-8 in JSON and never in HTML: text other than ASCII need not be escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static ReadOnlyMemory<byte> Write<T>(IReadOnlyList<ChatMessage> messages, T state, Action<Utf8JsonWriter, T> write)
    {
        var characters = messages.Sum(static m => m.Text.Length);
        var buffer = new ArrayBufferWriter<byte>(512 + characters + (characters / 8));
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        write(json, state);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <exception cref="NotSupportedException">A message holds more than text.</exception>
    public static IReadOnlyList<ChatMessage> OnlyText(IEnumerable<ChatMessage> messages)
    {
        var list = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        foreach (var message in list)
        {
            if (message.Contents.FirstOrDefault(static c => c is not TextContent) is not { } other) continue;
            throw new NotSupportedException($"A message holds {other.GetType().Name}; expected text only.");
        }

        return list;
    }

    /// <summary>A float's shortest decimal: 0.2 and not 0.200000003.</summary>
    public static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, float? value, bool isCapable)
    {
        if (isCapable && value is { } number) json.WriteNumber(name, number);
    }
}
