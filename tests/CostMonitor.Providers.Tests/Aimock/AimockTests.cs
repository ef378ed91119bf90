using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Providers.Calling;
using Xunit;

namespace CostMonitor.Providers.Tests.Aimock;

/// <summary>Against a server of other authors, so that a misreading of the format that ours shares is found.</summary>
public sealed class AimockTests(AimockServer server) : IClassFixture<AimockServer>, IDisposable
{
    private const string Capital = "The capital of France is Paris, on the river Seine.";
    private readonly ModelClients _clients = Given.Clients(server.Address);

    public void Dispose() => _clients.Dispose();

    [Fact]
    public async Task CompleteAsync_GivenAFixture_StreamsItsText()
    {
        var outcome = await Ask(Given.Chat, "Name the capital of France.");

        Assert.Equal((Capital, "stop", "gpt-4o-mini"), (outcome.Text, outcome.FinishReason, outcome.AnsweredBy));
        Assert.Equal(6, outcome.Timings.GapsUs.Count); // 51 characters in chunks of 8 are 7
        Assert.StartsWith("req-", outcome.ProviderRequestId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteAsync_GivenUsageAtTheEnd_ReadsIt()
    {
        var outcome = await Ask(Given.Chat, "Answer with usage.");

        Assert.Equal(new MeasuredUsage(new TokenUsage { Input = 11, Output = 7 }, IsEstimated: false), outcome.Usage);
    }

    [Fact]
    public async Task CompleteAsync_GivenAModelThatAsksForNoUsage_EstimatesIt()
    {
        var outcome = await Ask(Given.Compatible, "Answer with usage.");

        Assert.Equal(new TokenUsage { Input = 12, Output = 3 }, outcome.Usage?.Tokens); // 3 + 3 + Answ er with usag e . = 6; Coun ted . = 3
        Assert.True(outcome.Usage?.IsEstimated);
    }

    [Fact]
    public async Task CompleteAsync_GivenReasoning_KeepsItOutOfTheText()
    {
        var outcome = await Ask(Given.Chat, "Please think first.");

        Assert.Equal("42", outcome.Text);
        Assert.True(outcome.Timings.FirstToken < outcome.Timings.FirstContent);
    }

    [Fact]
    public async Task CompleteAsync_GivenALimit_FailsAtTheProvider()
    {
        var failed = Assert.IsType<RunOutcome.Failed>(await Ask(Given.Chat, "You are too fast."));

        Assert.Equal((FailureStage.Provider, "rate_limit_exceeded", 429), (failed.Stage, failed.ErrorType, failed.HttpStatus));
    }

    [Fact]
    public async Task CompleteAsync_GivenNoFixture_FailsWithTheServersCode()
    {
        var failed = Assert.IsType<RunOutcome.Failed>(await Ask(Given.Chat, "Nobody expects this."));

        Assert.Equal((FailureStage.Provider, "no_fixture_match", 404), (failed.Stage, failed.ErrorType, failed.HttpStatus));
    }

    [Fact]
    public async Task CompleteAsync_GivenAnthropicsApi_StreamsItsText()
    {
        var outcome = await Ask(Given.Claude, "Name the capital of France.");

        Assert.Equal((Capital, "stop"), (outcome.Text, outcome.FinishReason));
        Assert.True(outcome.Usage?.IsEstimated); // the server reports no tokens at all, which cannot be
    }

    [Fact]
    public async Task Post_GivenNoStream_GetsTheSameTextAsTheStream()
    {
        using var http = new HttpClient();
        var body = new JsonObject
        {
            ["model"] = "gpt-4o-mini",
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Name the capital of France." }),
        };

        using var response = await http.PostAsJsonAsync(new Uri(server.Address, "v1/chat/completions"), body);
        var whole = JsonNode.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(Capital, (string?)whole?["choices"]?[0]?["message"]?["content"]);
        Assert.Equal(Capital, (await Ask(Given.Chat, "Name the capital of France.")).Text);
    }

    private Task<RunOutcome> Ask(ModelKey model, string prompt) =>
        _clients.CompleteAsync(new CompletionRequest { Model = model, Prompt = prompt, Timeout = TimeSpan.FromSeconds(30) }, CancellationToken.None);
}
