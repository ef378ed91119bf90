using System.Text.Json.Nodes;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Configuration;
using Xunit;

namespace CostMonitor.Providers.Tests.Calling;

public sealed class ServedTierTests
{
    private const string Models =
        """
        { "capabilities": { "tiers": { "serviceTier": true }, "plain": {}, "anthropic": { "defaultMaxTokens": 10 } },
          "models": [
            { "model": "openai:plain", "api": "openai", "endpoint": "http://127.0.0.1:9/", "keySetting": "KEY", "capabilities": "tiers" },
            { "model": "openai:flex", "api": "openai", "endpoint": "http://127.0.0.1:9/", "keySetting": "KEY", "capabilities": "tiers", "billedAs": { "model": "openai:gpt-5", "tier": "flex" } },
            { "model": "openai:batch", "api": "openai", "endpoint": "http://127.0.0.1:9/", "keySetting": "KEY", "capabilities": "tiers", "billedAs": { "tier": "batch" } },
            { "model": "openai:silent", "api": "openai", "endpoint": "http://127.0.0.1:9/", "keySetting": "KEY", "capabilities": "plain", "billedAs": { "tier": "priority" } },
            { "model": "azure-openai:priority", "api": "azure-openai", "endpoint": "http://127.0.0.1:9/", "keySetting": "KEY", "capabilities": "tiers", "billedAs": { "tier": "priority", "deployment": "data-zone" } },
            { "model": "azure-openai:ptu", "api": "azure-openai", "endpoint": "http://127.0.0.1:9/", "keySetting": "KEY", "capabilities": "tiers", "billedAs": { "tier": "provisioned" } },
            { "model": "anthropic:claude", "api": "anthropic", "endpoint": "http://127.0.0.1:9/", "keySetting": "KEY", "capabilities": "anthropic" } ] }
        """;

    private static readonly Offer Flex = new(new ModelKey("openai", "gpt-5"), ServiceTier.Flex);

    public static TheoryData<string, string, Offer?> Served => new()
    {
        { "openai:plain", "\"default\"", null }, // standard under its own name is the ordinary form
        { "openai:plain", "null", null },
        { "openai:plain", "\"turbo\"", null },
        { "openai:plain", "\"priority\"", new Offer(new ModelKey("openai", "plain"), ServiceTier.Priority) },
        { "openai:flex", "\"flex\"", Flex },
        { "openai:flex", "\"default\"", Flex with { Tier = ServiceTier.Standard } },
        { "openai:flex", "null", Flex },
        { "openai:flex", "\"turbo\"", Flex },
        { "openai:flex", "7", Flex },
        { "azure-openai:ptu", "\"default\"", new Offer(new ModelKey("azure-openai", "ptu"), ServiceTier.Provisioned, DeploymentType.Global) },
    };

    [Theory]
    [MemberData(nameof(Served))]
    public async Task CompleteAsync_GivenTheTierThatServed_BillsIt(string model, string tier, Offer? expected)
    {
        var (_, clients) = Stub(
            $$$"""
            data: {"service_tier":"auto","choices":[{"delta":{"content":"Paris"},"finish_reason":"stop"}]}

            data: {"service_tier":{{{tier}}},"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1}}

            data: [DONE]


            """);

        var outcome = await clients.CompleteAsync(Given.Request(ModelKey.Parse(model)), CancellationToken.None);

        Assert.IsType<RunOutcome.Succeeded>(outcome);
        Assert.Equal(expected, outcome.BilledAs);
    }

    [Fact]
    public async Task CompleteAsync_GivenAStreamThatBreaksOff_BillsTheTierThatItBeganWith()
    {
        var (_, clients) = Stub("data: {\"service_tier\":\"default\",\"choices\":[{\"delta\":{\"content\":\"Paris\"}}]}\n\n");

        var outcome = await clients.CompleteAsync(Given.Request(ModelKey.Parse("openai:flex")), CancellationToken.None);

        Assert.IsType<RunOutcome.Failed>(outcome);
        Assert.Equal(Flex with { Tier = ServiceTier.Standard }, outcome.BilledAs);
    }

    [Fact]
    public async Task CompleteAsync_GivenAnthropicsTier_BillsIt()
    {
        var (_, clients) = Stub(
            """
            data: {"type":"message_start","message":{"usage":{"input_tokens":9,"output_tokens":1,"service_tier":"priority"}}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Paris"}}

            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}

            data: {"type":"message_stop"}


            """);

        var outcome = await clients.CompleteAsync(Given.Request(ModelKey.Parse("anthropic:claude")), CancellationToken.None);

        Assert.Equal(new Offer(new ModelKey("anthropic", "claude"), ServiceTier.Priority), outcome.BilledAs);
    }

    [Theory]
    [InlineData("openai:plain", null)]
    [InlineData("openai:flex", "flex")]
    [InlineData("openai:batch", null)] // no request asks for it: batches go to another address
    [InlineData("openai:silent", null)] // its capabilities do not allow the parameter
    [InlineData("azure-openai:priority", "priority")]
    public async Task CompleteAsync_GivenTheTierThatModelsJsonNames_AsksForIt(string model, string? expected)
    {
        var (stub, clients) = Stub("data: [DONE]\n\n");

        await clients.CompleteAsync(Given.Request(ModelKey.Parse(model)), CancellationToken.None);

        Assert.Equal(expected, (string?)JsonNode.Parse(stub.Requests[0].Body)?["service_tier"]);
    }

    private static (StubHandler Stub, ModelClients Clients) Stub(string answer)
    {
        var stub = new StubHandler(answer);
        var models = ModelConfiguration.Parse(Models, "models.json", static name => name == "KEY" ? Given.Key : null);
        return (stub, new ModelClients(models, null, TimeProvider.System, null, null, new HttpClient(stub)));
    }
}
