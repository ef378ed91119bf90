using System.Text;
using System.Text.Json;

namespace CostMonitor.Testing.ScriptedServer;

/// <summary>The bytes of a scripted stream in one provider's format.</summary>
internal abstract class AnswerFormat
{
    public static AnswerFormat OpenAI { get; } = new OpenAIFormat();

    public static AnswerFormat Anthropic { get; } = new AnthropicFormat();

    public byte[] InvalidJson { get; } = "data: {\"choices\":[{\"delta\":{\"content\":\n\n"u8.ToArray();

    public byte[] HalfEvent { get; } = "data: {\"choices\":[{\"delta\":{\"content\":\"mo"u8.ToArray();

    /// <summary>What comes before any token: the role, or the start of a message.</summary>
    public abstract byte[] Head(Script script);

    public abstract byte[] Token(string text, bool isReasoning);

    public abstract byte[] End(Script script);

    public abstract byte[] Error { get; }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private sealed class OpenAIFormat : AnswerFormat
    {
        private const string Start = """data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"scripted-1","choices":[""";

        public override byte[] Error { get; } =
            Bytes("data: {\"error\":{\"message\":\"The server had an error.\",\"type\":\"server_error\",\"code\":\"overloaded\"}}\n\n");

        public override byte[] Head(Script script) => Bytes($$"""{{Start}}{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""" + "\n\n");

        public override byte[] Token(string text, bool isReasoning) =>
            Bytes($$"""{{Start}}{"index":0,"delta":{"{{(isReasoning ? "reasoning_content" : "content")}}":{{Quoted(text)}}},"finish_reason":null}]}""" + "\n\n");

        public override byte[] End(Script script)
        {
            var end = $$"""{{Start}}{"index":0,"delta":{},"finish_reason":{{Quoted(script.FinishReason)}}}]}""" + "\n\n";
            if (script.Usage is { } usage) end += $$"""{{Start}}],"usage":{{usage}}}""" + "\n\n";
            return Bytes(end + "data: [DONE]\n\n");
        }
    }

    private sealed class AnthropicFormat : AnswerFormat
    {
        public override byte[] Error { get; } =
            Bytes("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n");

        public override byte[] Head(Script script) => Bytes(
            $$$"""
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_1","model":"scripted-1","content":[],"usage":{{{(script.Usage is null ? "{}" : """{"input_tokens":9,"output_tokens":1}""")}}}}}


            """);

        public override byte[] Token(string text, bool isReasoning) => Bytes(
            isReasoning
                ? $$$"""
                    event: content_block_delta
                    data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":{{{Quoted(text)}}}}}


                    """
                : $$$"""
                    event: content_block_delta
                    data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{Quoted(text)}}}}}


                    """);

        public override byte[] End(Script script) => Bytes(
            $$$"""
            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{{{(script.Usage is null ? "{}" : "{\"output_tokens\":" + script.Tokens + "}")}}}}

            event: message_stop
            data: {"type":"message_stop"}


            """);
    }
}
