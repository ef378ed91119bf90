using CostMonitor.Core.Calling;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;
using Microsoft.Extensions.AI;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>Chains over scripted servers and over clients in memory.</summary>
internal static class Chains
{
    public static readonly Deployment Deployment = new(Given.Chat);

    /// <param name="server">The server's address.</param>
    /// <param name="calling">What <c>calling</c> of models.json holds; back-off waits are 1 ms unless it says otherwise.</param>
    public static ModelClients Over(Uri server, string calling = "\"backoffSeconds\": 0.001") => new(
        ModelConfiguration.Parse(
            $$"""
            { "capabilities": { "chat": { "usageInStream": true } },
              "calling": { {{calling}} },
              "models": [ { "model": "{{Given.Chat}}", "api": "openai-compatible", "endpoint": "{{server}}v1/", "capabilities": "chat" } ] }
            """,
            "models.json",
            static _ => null),
        null,
        TimeProvider.System);

    /// <summary>The chain of a deployment over a client in memory.</summary>
    public static IChatClient Over(IChatClient provider, TimeProvider time, ChainSettings? settings = null) =>
        new DeploymentChain(Deployment, provider, settings ?? ChainSettings.Default, ChainParts.Alone, time, null).Client;

    /// <summary>A request without a system instruction: 8 prompt tokens by the estimate.</summary>
    public static CompletionRequest Request(int retries = 0, TimeSpan? timeout = null) => new()
    {
        Model = Given.Chat,
        Prompt = "Hi.",
        Retries = retries,
        Timeout = timeout ?? TimeSpan.FromSeconds(30),
    };

    public static async Task<RunOutcome.Failed> FailAsync(this ModelClients clients, CompletionRequest request) =>
        Assert.IsType<RunOutcome.Failed>(await clients.CompleteAsync(request, CancellationToken.None));

    /// <summary>The attempt as a test names it.</summary>
    public static string Named(this CallAttempt attempt) => $"{attempt.HttpStatus?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} {attempt.Failure?.Stage.ToString() ?? "ok"} {attempt.Failure?.ErrorType}".TrimEnd();

    public static ModelCallException Failure(FailureStage stage, string type, int? status = null, TimeSpan? retryAfter = null) =>
        new(stage, type, "It failed.") { HttpStatus = status, RetryAfter = retryAfter };

    public static ChatOptions With(CallSettings settings) => ModelCall.With(null, settings);
}
