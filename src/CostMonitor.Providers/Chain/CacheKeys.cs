using System.Buffers;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>The keys of questions: hashes over all that affects their answers.</summary>
/// <remarks>
/// The order of messages, contents, stop sequences and tools is a part of the key, since models read them in their order; that of named
/// properties is not. What is not known to be covered makes a question one without a key: better paid twice than answered wrongly.
/// </remarks>
internal static class CacheKeys
{
    private const int UsualBytes = 4096;

    // The first value of each kind of key, so that no key of one kind is one of another. Raised when what is written changes.
    private const string Exact = "question 1", Near = "near question 1", Idempotency = "idempotency key 1";

    /// <summary>The key of a question; null if something in it is not covered.</summary>
    public static CacheKey? Of(ModelKey model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CallSettings settings) =>
        Of(Exact, model, messages, options, settings, out var isWhole) is var key && isWhole ? key : null;

    /// <summary>The key that questions share which differ only in the case, white space and last punctuation of their texts; null as <see cref="Of(ModelKey, IReadOnlyList{ChatMessage}, ChatOptions, CallSettings)"/>, and for one with tools.</summary>
    public static CacheKey? NearOf(ModelKey model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CallSettings settings) =>
        options?.Tools is { Count: > 0 } ? null : Of(Near, model, messages, options, settings, out var isWhole) is var key && isWhole ? key : null;

    /// <summary>A key over all of a question that can be covered: enough to tell that it is another one.</summary>
    public static CacheKey OfWhatCanBe(ModelKey model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CallSettings settings) =>
        Of(Exact, model, messages, options, settings, out _);

    /// <summary>The key that the result of an idempotency key is kept under.</summary>
    public static CacheKey OfIdempotencyKey(string key)
    {
        var writer = new KeyWriter(UsualBytes);
        try
        {
            writer.Text(Idempotency);
            writer.Text(key);
            return writer.Key();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static CacheKey Of(string kind, ModelKey model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, CallSettings settings, out bool isWhole)
    {
        var writer = new KeyWriter(UsualBytes);
        try
        {
            writer.Text(kind);
            writer.Text(model.Provider);
            writer.Text(model.Model);
            writer.Text(settings.PromptVersion);
            writer.Text(settings.Segment);
            writer.Count(messages.Count);
            for (var i = 0; i < messages.Count; i++) Write(ref writer, messages[i], isNear: kind == Near);
            if (options is not null) Write(ref writer, options, isNear: kind == Near);
            isWhole = writer.IsWhole;
            return writer.Key();
        }
        finally
        {
            writer.Dispose(); // not by using: its buffer may have been exchanged
        }
    }

    private static void Write(ref KeyWriter writer, ChatMessage message, bool isNear)
    {
        if (message.GetType() != typeof(ChatMessage)) writer.Unknown(message);
        writer.Text(message.Role.Value);
        writer.Text(message.AuthorName);
        writer.Count(message.Contents.Count);
        for (var i = 0; i < message.Contents.Count; i++) Write(ref writer, message.Contents[i], isNear);
        Write(ref writer, message.AdditionalProperties);
        if (message.RawRepresentation is { } raw) writer.Unknown(raw); // some clients send it in place of the rest
    }

    private static void Write(ref KeyWriter writer, AIContent content, bool isNear)
    {
        switch (content)
        {
            case TextContent text when content.GetType() == typeof(TextContent):
                writer.Count(1);
                WriteText(ref writer, text.Text, isNear);
                break;
            case TextReasoningContent reasoning when content.GetType() == typeof(TextReasoningContent):
                writer.Count(2);
                writer.Text(reasoning.Text);
                writer.Text(reasoning.ProtectedData);
                break;
            case DataContent data when content.GetType() == typeof(DataContent):
                writer.Count(3);
                writer.Text(data.MediaType);
                writer.Text(data.Name);
                writer.Bytes(data.Data.Span);
                break;
            case UriContent uri when content.GetType() == typeof(UriContent):
                writer.Count(4);
                writer.Text(uri.MediaType);
                writer.Text(uri.Uri.OriginalString);
                break;
            case FunctionCallContent { Exception: null } called when content.GetType() == typeof(FunctionCallContent):
                writer.Count(5);
                writer.Text(called.CallId);
                writer.Text(called.Name);
                WriteNamed(ref writer, called.Arguments);
                break;
            case FunctionResultContent { Exception: null } result when content.GetType() == typeof(FunctionResultContent):
                writer.Count(6);
                writer.Text(result.CallId);
                writer.Scalar(result.Result);
                break;
            default:
                writer.Unknown(content);
                break;
        }

        Write(ref writer, content.AdditionalProperties);
        if (content.RawRepresentation is { } raw) writer.Unknown(raw);
        if (content.Annotations is { Count: > 0 } annotations) writer.Unknown(annotations);
    }

    private static void Write(ref KeyWriter writer, ChatOptions options, bool isNear)
    {
        if (options is not CallOptions && options.GetType() != typeof(ChatOptions)) writer.Unknown(options);
        WriteText(ref writer, options.Instructions, isNear);
        writer.Text(options.ModelId);
        writer.Number((double?)options.Temperature);
        writer.Number((double?)options.TopP);
        writer.Number((long?)options.TopK);
        writer.Number((double?)options.FrequencyPenalty);
        writer.Number((double?)options.PresencePenalty);
        writer.Number((long?)options.MaxOutputTokens);
        writer.Number(options.Seed);
        writer.Flag(options.AllowMultipleToolCalls);
        WriteStops(ref writer, options.StopSequences);
        WriteFormat(ref writer, options.ResponseFormat);
        WriteReasoning(ref writer, options.Reasoning);
        WriteToolMode(ref writer, options.ToolMode);
        WriteTools(ref writer, options.Tools);
        Write(ref writer, options.AdditionalProperties);
        // What the provider keeps of a conversation cannot be seen from here, and a factory can put anything into the request.
        if (options.ConversationId is { } conversation) writer.Unknown(conversation);
        if (options.ContinuationToken is { } continuation) writer.Unknown(continuation);
        if (options.AllowBackgroundResponses is true) writer.Unknown(options.AllowBackgroundResponses);
        if (options.RawRepresentationFactory is { } factory) writer.Unknown(factory);
    }

    private static void WriteStops(ref KeyWriter writer, IList<string>? stops)
    {
        writer.Count(stops?.Count ?? 0);
        for (var i = 0; i < stops?.Count; i++) writer.Text(stops[i]);
    }

    private static void WriteFormat(ref KeyWriter writer, ChatResponseFormat? format)
    {
        switch (format)
        {
            case null:
                writer.Count(0);
                break;
            case ChatResponseFormatText:
                writer.Count(1);
                break;
            case ChatResponseFormatJson json:
                writer.Count(2);
                writer.Json(json.Schema ?? default);
                writer.Text(json.SchemaName);
                writer.Text(json.SchemaDescription);
                break;
            default:
                writer.Unknown(format);
                break;
        }
    }

    private static void WriteReasoning(ref KeyWriter writer, ReasoningOptions? reasoning)
    {
        if (reasoning is not null && reasoning.GetType() != typeof(ReasoningOptions)) writer.Unknown(reasoning);
        writer.Flag(reasoning is not null);
        writer.Number((long?)reasoning?.Effort);
        writer.Number((long?)reasoning?.Output);
    }

    private static void WriteToolMode(ref KeyWriter writer, ChatToolMode? mode)
    {
        switch (mode)
        {
            case null:
                writer.Count(0);
                break;
            case AutoChatToolMode:
                writer.Count(1);
                break;
            case NoneChatToolMode:
                writer.Count(2);
                break;
            case RequiredChatToolMode required:
                writer.Count(3);
                writer.Text(required.RequiredFunctionName);
                break;
            default:
                writer.Unknown(mode);
                break;
        }
    }

    // Tools that the provider runs itself look things up: their answers are not the same twice.
    private static void WriteTools(ref KeyWriter writer, IList<AITool>? tools)
    {
        writer.Count(tools?.Count ?? 0);
        for (var i = 0; i < tools?.Count; i++)
        {
            if (tools[i] is not AIFunctionDeclaration function)
            {
                writer.Unknown(tools[i]);
                continue;
            }

            writer.Text(function.Name);
            writer.Text(function.Description);
            writer.Json(function.JsonSchema);
            writer.Json(function.ReturnJsonSchema ?? default);
            writer.Count(function.AdditionalProperties.Count);
            foreach (var (name, value) in function.AdditionalProperties)
            {
                writer.Text(name);
                writer.Scalar(value);
            }
        }
    }

    private static void Write(ref KeyWriter writer, AdditionalPropertiesDictionary? properties)
    {
        writer.Count(properties?.Count ?? 0);
        if (properties is { Count: > 0 }) WriteSorted(ref writer, properties);
    }

    private static void WriteNamed(ref KeyWriter writer, IDictionary<string, object?>? values)
    {
        writer.Count(values?.Count ?? 0);
        if (values is not null) WriteSorted(ref writer, values);
    }

    private static void WriteSorted(ref KeyWriter writer, IEnumerable<KeyValuePair<string, object?>> values)
    {
        foreach (var (name, value) in values.OrderBy(static v => v.Key, StringComparer.Ordinal))
        {
            writer.Text(name);
            writer.Scalar(value);
        }
    }

    private static void WriteText(ref KeyWriter writer, string? text, bool isNear)
    {
        if (!isNear || text is null)
        {
            writer.Text(text);
            return;
        }

        var room = ArrayPool<char>.Shared.Rent(text.Length);
        writer.Text(room.AsSpan(0, Normalise(text, room)));
        ArrayPool<char>.Shared.Return(room);
    }

    /// <summary>Lower case, one blank for any white space, none at the ends, no punctuation at the end.</summary>
    private static int Normalise(string text, Span<char> room)
    {
        var length = 0;
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c)) room[length++] = char.ToLowerInvariant(c);
            else if (length > 0 && room[length - 1] != ' ') room[length++] = ' ';
        }

        while (length > 0 && (room[length - 1] == ' ' || char.IsPunctuation(room[length - 1]))) length--;
        return length;
    }
}
