using System.Net;
using System.Net.Http.Headers;
using CostMonitor.Providers.Configuration;

namespace CostMonitor.Providers.Calling;

/// <summary>Answers every request with two tokens and usage, without a network.</summary>
internal sealed class CannedAnswer(ModelApi api) : HttpMessageHandler
{
    private static readonly byte[] OpenAI =
        """
        data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

        data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"reasoning_content":"a"},"finish_reason":null}]}

        data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}]}

        data: {"id":"c","model":"m","service_tier":"default","choices":[],"usage":{"prompt_tokens":2,"completion_tokens":2,"total_tokens":4,"prompt_tokens_details":{"cached_tokens":1},"completion_tokens_details":{"reasoning_tokens":1}}}

        data: [DONE]


        """u8.ToArray();

    private static readonly byte[] Anthropic =
        """
        event: message_start
        data: {"type":"message_start","message":{"id":"c","model":"m","usage":{"input_tokens":2,"cache_creation_input_tokens":1,"cache_read_input_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":0},"output_tokens":1,"service_tier":"standard"}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"a"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"b"}}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}

        event: message_stop
        data: {"type":"message_stop"}


        """u8.ToArray();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(api == ModelApi.Anthropic ? Anthropic : OpenAI);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
    }
}
