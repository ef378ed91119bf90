using System.Text.Json;
using CostMonitor.Core.Usage;
using CostMonitor.Core.Usage.Payloads;

namespace CostMonitor.Core.Tests.Usage.Payloads;

public sealed class UsagePayloadTests
{
    [Theory]
    [InlineData("""{"input_tokens":5,"output_tokens":3}""", "The usage fits the flavors responses and anthropic; name the one that it is.")]
    [InlineData("""{"usage":{"prompt_tokens":5,"completion_tokens":3,"promptTokenCount":5}}""", "The usage fits the flavors chat-completions and gemini; name the one that it is.")]
    [InlineData("""{"tokens_in":5}""", "The usage has the fields of no known flavor; expected those of one of chat-completions, responses, realtime, images, transcription, embeddings, anthropic, gemini, deepseek, xai, mistral, cohere, bedrock.")]
    [InlineData("[]", "The usage has the fields of no known flavor; expected those of one of chat-completions, responses, realtime, images, transcription, embeddings, anthropic, gemini, deepseek, xai, mistral, cohere, bedrock.")]
    public void TryDetect_GivenFieldsThatDoNotDecide_SaysSo(string json, string expected)
    {
        var isDetected = UsagePayload.TryDetect(Parse(json), out _, out var problem);

        Assert.Equal((false, expected), (isDetected, problem));
    }

    [Theory]
    [InlineData("""{"type":"message","usage":{"input_tokens":5,"output_tokens":3}}""", UsageFlavor.Anthropic)]
    [InlineData("""{"object":"response","usage":{"input_tokens":5,"output_tokens":3}}""", UsageFlavor.Responses)]
    [InlineData("""{"input_tokens":5,"output_tokens":3,"total_tokens":8}""", UsageFlavor.Responses)]
    [InlineData("""{"input_tokens":5,"output_tokens":3,"cache_read_input_tokens":null}""", UsageFlavor.Anthropic)]
    public void TryDetect_GivenTwoCountsAndAHint_TakesTheHint(string json, UsageFlavor expected)
    {
        var isDetected = UsagePayload.TryDetect(Parse(json), out var flavor, out var problem);

        Assert.Equal((true, expected, ""), (isDetected, flavor, problem));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("[]")]
    [InlineData("\"usage\"")]
    [InlineData("""{"usage":[1]}""")]
    public void Read_GivenAnyFlavorOfNoObject_GivesNothing(string json)
    {
        foreach (var flavor in Enum.GetValues<UsageFlavor>()) Assert.Null(UsagePayload.Read(flavor, Parse(json)));
    }

    private static JsonElement Parse(string json) => JsonElement.Parse(json);
}
