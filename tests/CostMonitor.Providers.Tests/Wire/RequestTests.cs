using System.Text.Json.Nodes;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Calling;
using Xunit;

namespace CostMonitor.Providers.Tests.Wire;

public sealed class RequestTests
{
    private static readonly Uri Server = new("http://127.0.0.1:9/");

    [Theory]
    [InlineData("openai:gpt-4o-mini", "openai-chat.json", "http://127.0.0.1:9/v1/chat/completions")]
    [InlineData("openai:gpt-5", "openai-reasoning.json", "http://127.0.0.1:9/v1/chat/completions")]
    [InlineData("azure-openai:gpt-4o", "azure.json", "http://127.0.0.1:9/openai/v1/chat/completions")]
    [InlineData("local:llama", "bare.json", "http://127.0.0.1:9/v1/chat/completions")]
    [InlineData("anthropic:claude-sonnet", "anthropic.json", "http://127.0.0.1:9/v1/messages")]
    public async Task CompleteAsync_GivenEachCapability_SendsWhatTheModelTakesAndNoMore(string model, string file, string address)
    {
        var (stub, clients) = Stub();

        await clients.CompleteAsync(Given.FullRequest(ModelKey.Parse(model)), CancellationToken.None);

        var sent = Assert.Single(stub.Requests);
        Assert.Equal(new Uri(address), sent.Uri);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Given.File("Requests", file)), JsonNode.Parse(sent.Body)), sent.Body);
    }

    [Theory]
    [InlineData("openai:gpt-4o-mini", "Authorization", "Bearer " + Given.Key)]
    [InlineData("azure-openai:gpt-4o", "api-key", Given.Key)]
    [InlineData("anthropic:claude-sonnet", "x-api-key", Given.Key)]
    [InlineData("local:llama", "Authorization", null)]
    public async Task CompleteAsync_GivenEachApi_SendsTheKeyWhereItWantsIt(string model, string header, string? value)
    {
        var (stub, clients) = Stub();

        await clients.CompleteAsync(Given.Request(ModelKey.Parse(model)), CancellationToken.None);

        Assert.Equal(value, stub.Requests[0].Headers.GetValueOrDefault(header));
        Assert.DoesNotContain("traceparent", stub.Requests[0].Headers.Keys);
    }

    [Fact]
    public async Task CompleteAsync_GivenNoLimitForAnthropic_SendsTheDefaultThatItDemands()
    {
        var (stub, clients) = Stub();

        await clients.CompleteAsync(Given.Request(Given.Claude), CancellationToken.None);

        Assert.Equal(1024, (int?)JsonNode.Parse(stub.Requests[0].Body)?["max_tokens"]);
    }

    private static (StubHandler Stub, ModelClients Clients) Stub()
    {
        var stub = new StubHandler("data: [DONE]\n\n");
        return (stub, new ModelClients(Given.Configuration(Server), null, TimeProvider.System, null, null, new HttpClient(stub)));
    }
}
