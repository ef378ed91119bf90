using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Calling;

public sealed class UsageTests
{
    private readonly List<UsageDoubt> _doubts = [];

    public static TheoryData<string, string, TokenUsage> Recordings => new()
    {
        // 2006 - 1920 - 6 and 300 - 128 - 2
        { "openai:gpt-4o-mini", "openai-chat.sse", new TokenUsage { Input = 80, CachedInput = 1920, AudioInput = 6, Output = 170, Reasoning = 128, AudioOutput = 2 } },
        { "azure-openai:gpt-4o", "azure-openai.sse", new TokenUsage { Input = 158, CachedInput = 1408, Output = 942, Reasoning = 576 } },
        { "local:llama", "compatible-nulls.sse", new TokenUsage { Input = 20, Output = 5 } },
        { "local:llama", "exclusive-reasoning.sse", new TokenUsage { Input = 32, Output = 9, Reasoning = 94 } },
        { "anthropic:claude-sonnet", "anthropic.sse", new TokenUsage { Input = 21, CachedInput = 1500, CacheWrite = 188, Output = 15 } },
    };

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task CompleteAsync_GivenARecordedAnswer_ReadsItsUsageInExclusiveClasses(string model, string file, TokenUsage expected)
    {
        var outcome = await Complete(model, Given.File("Recorded", file));

        Assert.IsType<RunOutcome.Succeeded>(outcome);
        Assert.Equal(new MeasuredUsage(expected, IsEstimated: false), outcome.Usage);
        Assert.Empty(_doubts);
    }

    [Theory]
    [InlineData("openai:gpt-4o-mini", "openai-chat.sse", "Paris é\n", "gpt-4o-mini-2024-07-18", "chatcmpl-A1", 1)]
    [InlineData("azure-openai:gpt-4o", "azure-openai.sse", "Paris", "gpt-4o-2024-11-20", "chatcmpl-B2", 0)]
    [InlineData("local:llama", "compatible-nulls.sse", "Paris", "llama", "cmpl-C3", 1)] // one reasoning, one content
    [InlineData("anthropic:claude-sonnet", "anthropic.sse", "Paris.", "claude-sonnet-4-5-20250929", "msg_E5", 2)]
    public async Task CompleteAsync_GivenARecordedAnswer_ReadsTextAndNames(
        string model, string file, string text, string answeredBy, string id, int gaps)
    {
        var outcome = await Complete(model, Given.File("Recorded", file));

        Assert.Equal((text, answeredBy, id, "stop"), (outcome.Text, outcome.AnsweredBy, outcome.ProviderRequestId, outcome.FinishReason));
        Assert.Equal(gaps, outcome.Timings.GapsUs.Count);
    }

    public static TheoryData<string, TokenUsage> MessageUsages => new()
    {
        { """{"output_tokens":15}""", new TokenUsage { Input = 21, CachedInput = 1500, CacheWrite = 88, CacheWriteOneHour = 100, Output = 15 } },
        // A server tool has read more on the way: the last figures count, and its times are known no longer.
        { """{"input_tokens":30,"cache_creation_input_tokens":200,"output_tokens":15}""", new TokenUsage { Input = 30, CachedInput = 1500, CacheWrite = 100, CacheWriteOneHour = 100, Output = 15 } },
        { """{"output_tokens":15,"output_tokens_details":{"thinking_tokens":9}}""", new TokenUsage { Input = 21, CachedInput = 1500, CacheWrite = 88, CacheWriteOneHour = 100, Output = 6, Reasoning = 9 } },
    };

    [Theory]
    [MemberData(nameof(MessageUsages))]
    public async Task CompleteAsync_GivenUsageInTwoEvents_PutsThemTogether(string last, TokenUsage expected)
    {
        var outcome = await Complete(
            "anthropic:claude-sonnet",
            $$$$"""
            data: {"type":"message_start","message":{"usage":{"input_tokens":21,"cache_creation_input_tokens":188,"cache_read_input_tokens":1500,"cache_creation":{"ephemeral_5m_input_tokens":88,"ephemeral_1h_input_tokens":100},"output_tokens":1}}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Paris"}}

            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{{{{last}}}}}

            data: {"type":"message_stop"}


            """);

        Assert.Equal(new MeasuredUsage(expected, IsEstimated: false), outcome.Usage);
        Assert.Empty(_doubts);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":11}}""", "cached, cache-write, audio and image tokens exceed the 10 input tokens that hold them")]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":5}""", "a figure is negative or no whole number")]
    [InlineData("""{"prompt_tokens":1.5,"completion_tokens":5}""", "a figure is negative or no whole number")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":0}""", "no output is reported for an answer that had tokens")]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":5}""", "no input is reported for a call that had a prompt")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":9000000000}""", "a figure of 9000000000 tokens is absurd")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":6}}""", "reasoning, audio and image tokens exceed the 5 output tokens that hold them")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":99}""", "the total of 99 is not 10 input and 5 output tokens")]
    [InlineData("""{"completion_tokens":5}""", "only one of input and output is reported")]
    public async Task CompleteAsync_GivenImpossibleUsage_EstimatesAndKeepsTheReason(string usage, string reason)
    {
        var outcome = await Complete("openai:gpt-4o-mini", Answer(usage));

        Assert.Equal((true, reason), (outcome.Usage?.IsEstimated, outcome.Usage?.Doubt));
        Assert.Equal(new UsageDoubt(Given.Chat, "", reason), Assert.Single(_doubts));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task CompleteAsync_GivenNoUsage_EstimatesIt(string usage)
    {
        var outcome = await Complete("openai:gpt-4o-mini", Answer(usage));

        // 3 for the reply; 3 + "Be" "brief" = 1 + 2 + "." = 7; 3 + Name 1 the 1 capital 2 of 1 France 2 , 1 please 2 . 1 = 14. Output: Paris 2
        Assert.Equal(new MeasuredUsage(new TokenUsage { Input = 24, Output = 2 }, IsEstimated: true), outcome.Usage);
        Assert.Empty(_doubts);
    }

    [Fact]
    public async Task CompleteAsync_GivenAForeignClientsStandardDetails_TakesThemAsParts()
    {
        var usage = new UsageDetails { InputTokenCount = 100, CachedInputTokenCount = 60, OutputTokenCount = 50, ReasoningTokenCount = 20 };
        using var foreign = new ForeignClient([new TextContent("Paris"), new UsageContent(usage)]);

        var outcome = await new MeteredCompletionClient(new Deployment(Given.Chat), foreign, TimeProvider.System).CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);

        Assert.Equal(new TokenUsage { Input = 40, CachedInput = 60, Output = 30, Reasoning = 20 }, outcome.Usage?.Tokens);
    }

    [Fact]
    public async Task CompleteAsync_GivenAForeignClientsAdditionalCounts_TakesThemAsParts()
    {
        var usage = new UsageDetails
        {
            InputTokenCount = 1000, CachedInputTokenCount = 300, OutputTokenCount = 90,
            AdditionalCounts = new()
            {
                ["cache_write_tokens"] = 100, ["cache_write_5m_tokens"] = 60, ["cache_write_1h_tokens"] = 40,
                ["image_input_tokens"] = 80, ["cached_image_input_tokens"] = 30, ["image_output_tokens"] = 7,
            },
        };
        using var foreign = new ForeignClient([new TextContent("Paris"), new UsageContent(usage)]);

        var outcome = await new MeteredCompletionClient(new Deployment(Given.Chat), foreign, TimeProvider.System).CompleteAsync(Given.Request(Given.Chat), CancellationToken.None);

        var expected = new TokenUsage
        {
            Input = 550, CachedInput = 270, CacheWrite = 60, CacheWriteOneHour = 40, ImageInput = 50, CachedImageInput = 30, // 1000 - 270 - 100 - 80
            Output = 83, ImageOutput = 7,
        };
        Assert.Equal(new MeasuredUsage(expected, IsEstimated: false), outcome.Usage);
    }

    [Fact]
    public void Read_GivenWhatWasWritten_KeepsEveryPart()
    {
        var reported = new ReportedUsage
        {
            Convention = new UsageConvention(Reasoning: PartPlace.ByTotal), Input = 1000, Output = 90, Total = 1090, CachedInput = 300, CacheWrite = 100,
            CacheWriteShort = 60, CacheWriteOneHour = 40, AudioInput = 200, ImageInput = 80, CachedAudioInput = 120, CachedImageInput = 30,
            AudioOutput = 50, ImageOutput = 7, Reasoning = 5,
        };

        Assert.Equal(reported, StandardUsage.Read(StandardUsage.Write(reported)));
    }

    private static string Answer(string usage) =>
        $$"""
        data: {"choices":[{"delta":{"content":"Paris"},"finish_reason":"stop"}]}

        data: {"choices":[],"usage":{{usage}}}

        data: [DONE]


        """;

    private async Task<RunOutcome> Complete(string model, string answer)
    {
        using var clients = new ModelClients(
            Given.Configuration(new Uri("http://127.0.0.1:9/")), null, TimeProvider.System, _doubts.Add, null, new HttpClient(new StubHandler(answer)));
        return await clients.CompleteAsync(Given.Request(ModelKey.Parse(model)), CancellationToken.None);
    }
}
