using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Anthropic;
using CostMonitor.Providers.Configuration;
using CostMonitor.Providers.OpenAI;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>Runs the calling path against an answer in memory until its code is compiled.</summary>
internal static class WarmPath
{
    /// <summary>Enough for every method of the path to have been called, and for its loops to have left the interpreter's first tier.</summary>
    private const int Calls = 40;

    private const string OpenAIAnswer =
        """
        data: {"id":"w","model":"warm","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

        data: {"id":"w","choices":[{"index":0,"delta":{"reasoning_content":"a"}}]}

        data: {"id":"w","choices":[{"index":0,"delta":{"content":"b"}}]}

        data: {"id":"w","choices":[{"index":0,"delta":{"content":"c"},"finish_reason":"stop"}]}

        data: {"id":"w","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":1}}}

        data: [DONE]


        """;

    private const string AnthropicAnswer =
        """
        event: message_start
        data: {"type":"message_start","message":{"id":"w","model":"warm","usage":{"input_tokens":1,"output_tokens":1}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}

        event: message_stop
        data: {"type":"message_stop"}


        """;

    public static async Task RunAsync(ModelEntry model, TimeProvider time, CancellationToken cancellationToken)
    {
        var isAnthropic = model.Api == ModelApi.Anthropic;
        using var http = new ModelHttp(time, new Canned(isAnthropic ? AnthropicAnswer : OpenAIAnswer));
        var entry = model with { EntraScope = null };
        IChatClient chat = isAnthropic ? new AnthropicChatClient(entry, http) : new OpenAIChatClient(entry, http, null);
        var engine = new RunEngine(new MeteredCompletionClient(chat, time), PriceCatalog.BuiltIn, time);
        var request = new RunRequest
        {
            Id = new RunId(new BatchId("warm"), 0),
            Plan = "warm",
            Model = model.Model,
            Prompt = new Prompt { Id = "warm", Category = "warm", Text = "warm", Contract = OutputContract.AnyText },
        };
        for (var call = 0; call < Calls; call++) await engine.RunAsync(request, time.GetTimestamp(), cancellationToken);
    }

    private sealed class Canned(string answer) : HttpMessageHandler
    {
        private readonly byte[] _answer = Encoding.UTF8.GetBytes(answer.ReplaceLineEndings("\n"));

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content is not null) await request.Content.CopyToAsync(Stream.Null, cancellationToken);
            var content = new ByteArrayContent(_answer);
            content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        }
    }
}
