using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Configuration;
using CostMonitor.Providers.Tests.Calling;
using CostMonitor.Testing.ScriptedServer;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

[Collection(nameof(Timing))]
public sealed class LimitedLanesTests
{
    [Fact]
    public async Task CompleteAsync_GivenABusyBatch_LetsCanariesTakeTheirTurns()
    {
        await using var server = await ScriptedModelServer.StartAsync();
        using var clients = Clients(server, """{ "requestsPerMinute": 180 }"""); // 30 at once, then 3 a second
        await AskAsync(clients, CallLane.App); // compiles the path, so that all others come together
        var batch = Enumerable.Range(0, 35).Select(_ => AskAsync(clients, CallLane.Batch)).ToArray();

        var canaries = await Task.WhenAll(AskAsync(clients, CallLane.Canary), AskAsync(clients, CallLane.Canary));
        var others = await Task.WhenAll(batch);

        Assert.True(canaries.Max(Waited) < others.Max(Waited), $"the canaries waited up to {canaries.Max(Waited)}, the batch up to {others.Max(Waited)}");
        Assert.Equal(38, server.Count);
    }

    [Fact]
    public async Task CompleteAsync_GivenTheHeadersOfAnAnswer_LearnsTheLimits()
    {
        await using var server = await ScriptedModelServer.StartAsync();
        using var clients = Clients(server, "{}");
        server.Enqueue(new Script
        {
            Headers = new Dictionary<string, string> { ["X-RateLimit-Limit-Requests"] = "600", ["x-ratelimit-limit-tokens"] = "90000", ["x-ratelimit-remaining-tokens"] = "89000" },
        });

        await AskAsync(clients, CallLane.App);

        Assert.Equal(new RateLimits(600, 90_000), clients.FindLimiter(Given.Compatible)?.Limits);
    }

    private static TimeSpan Waited(RunOutcome outcome) => Assert.IsType<RunOutcome.Succeeded>(outcome).Path.LimiterWait;

    private static Task<RunOutcome> AskAsync(ModelClients clients, CallLane lane) =>
        clients.CompleteAsync(new CompletionRequest { Model = Given.Compatible, Prompt = "Hi", Lane = lane }, CancellationToken.None);

    private static ModelClients Clients(ScriptedModelServer server, string limits) =>
        new(
            ModelConfiguration.Parse(
                $$"""
                { "capabilities": { "bare": {} },
                  "models": [ { "model": "local:llama", "api": "openai-compatible", "endpoint": "{{server.Address}}v1/", "capabilities": "bare", "calling": { "limits": {{limits}} } } ] }
                """,
                "models.json",
                static _ => null),
            null,
            TimeProvider.System);
}
