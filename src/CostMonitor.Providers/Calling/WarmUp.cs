using System.Net;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;
using CostMonitor.Providers.Wire;

namespace CostMonitor.Providers.Calling;

/// <summary>Runs a model's path once on a canned answer and opens its connection with a GET that no provider bills.</summary>
internal static class WarmUp
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <returns>The time that the connection took; null if it could not be made or was there already.</returns>
    public static async Task<TimeSpan?> RunAsync(
        HttpClient http, ModelEntry entry, EntraToken? entra, TimeProvider time, CancellationToken cancellationToken)
    {
        await CompileAsync(entry, time, cancellationToken);
        return (await ReachAsync(http, entry, entra, time, cancellationToken)).Connect; // the measured call will meet the same failure and report it
    }

    /// <summary>Asks an endpoint for any answer.</summary>
    public static async Task<Reach> ReachAsync(
        HttpClient http, ModelEntry entry, EntraToken? entra, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        var trace = new CallTrace(time);
        try
        {
            if (entra is not null) await entra.GetHeaderAsync(limit.Token);
            using var request = new HttpRequestMessage(HttpMethod.Get, entry.Endpoint)
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            };
            request.Options.Set(CallTrace.RequestKey, trace);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await response.Content.CopyToAsync(Stream.Null, limit.Token); // read to its end the connection goes back to the pool
            return new Reach(trace.Connect, (int)response.StatusCode, null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ModelCallException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Reach(trace.Connect, null, e is OperationCanceledException ? FormattableString.Invariant($"no answer in {Longest.TotalSeconds:0} s") : e.Message);
        }
    }

    private static async Task CompileAsync(ModelEntry entry, TimeProvider time, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new CannedAnswer(entry.Api));
        using var chat = ChatClients.Create(http, entry with { EntraScope = null }, null, time);
        var request = new CompletionRequest
        {
            Id = "warm-up",
            Model = entry.Model,
            System = "warm-up",
            Prompt = "warm-up",
            Parameters = new GenerationParameters(1, 0.5, 0.5, 1),
            WantsJson = true,
        };
        var deployment = new Deployment(entry.Model) { IsRehearsal = true };
        using var chain = new DeploymentChain(deployment, chat, entry.Chain, ChainParts.Alone, time, null).Client; // its breaker and limiter are its own
        await new MeteredCompletionClient(deployment, chain, time).CompleteAsync(request, cancellationToken);
    }
}
