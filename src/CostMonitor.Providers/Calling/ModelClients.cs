using System.Collections.Frozen;
using Azure.Core;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Configuration;
using CostMonitor.Providers.Simulated;
using CostMonitor.Providers.Wire;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>All models of a models.json behind one client. Make one a process and keep it: it holds the connections.</summary>
public sealed class ModelClients : ICompletionClient, IDisposable
{
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ChainParts _parts;
    private readonly FrozenDictionary<ModelKey, Client> _clients;

    /// <param name="configuration">The models.</param>
    /// <param name="credential">Gives the Entra tokens; null leaves the models that need one not configured.</param>
    /// <param name="time">The clock of all times; a <see cref="VirtualClock"/> serves simulated models only.</param>
    /// <param name="onDoubt">Told of usage that was reported and not believed; null to let it pass.</param>
    /// <param name="parts">What the calling chain works with; null for nothing but the models.</param>
    /// <param name="usesProxy">True to go through the machine's proxy.</param>
    public ModelClients(
        ModelConfiguration configuration, TokenCredential? credential, TimeProvider time, Action<UsageDoubt>? onDoubt = null, ChainParts? parts = null,
        bool usesProxy = false)
        : this(configuration, credential, time, onDoubt, parts, ModelHttp.Create(usesProxy, configuration.Chain.Limits.Connect))
    {
    }

    internal ModelClients(
        ModelConfiguration configuration, TokenCredential? credential, TimeProvider time, Action<UsageDoubt>? onDoubt, ChainParts? parts, HttpClient http)
    {
        (Configuration, _http, _time, _parts) = (configuration, http, time, parts ?? ChainParts.Alone);
        _clients = configuration.Models.ToFrozenDictionary(static m => m.Model, m => new Client(m, credential, this, onDoubt));
    }

    public ModelConfiguration Configuration { get; }

    /// <param name="missing">What the model lacks, by name and never by value; empty if it can be called.</param>
    public bool IsConfigured(ModelKey model, out string missing)
    {
        missing = _clients.TryGetValue(model, out var client) ? client.Missing : $"{model} is not in models.json.";
        return missing.Length == 0;
    }

    /// <summary>The model as the ecosystem's chat client, to build a pipeline on.</summary>
    /// <returns>Null when the model is unknown or not configured.</returns>
    public IChatClient? FindChatClient(ModelKey model) => _clients.GetValueOrDefault(model)?.Chat;

    public Task<RunOutcome> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken)
    {
        if (_clients.TryGetValue(request.Model, out var client) && client.Metered is { } metered)
        {
            return metered.CompleteAsync(request, cancellationToken);
        }

        return Task.FromResult<RunOutcome>(new RunOutcome.Failed
        {
            Timings = new CallTimings { EndToEnd = TimeSpan.Zero },
            Stage = FailureStage.Admission,
            ErrorType = client is null ? "unknown_model" : "not_configured",
            Message = client is null ? $"{request.Model} is not in models.json." : $"{request.Model} is not configured: {client.Missing}",
        });
    }

    /// <summary>Makes the first measured call of a process like any other: compiles the path and opens a connection, unbilled.</summary>
    /// <returns>For each model the time that the connection took; null where there was none to make or it could not be made.</returns>
    public async Task<IReadOnlyDictionary<ModelKey, TimeSpan?>> WarmAsync(IEnumerable<ModelKey> models, CancellationToken cancellationToken)
    {
        var connects = new Dictionary<ModelKey, TimeSpan?>();
        foreach (var model in models.Distinct())
        {
            var entry = _clients.TryGetValue(model, out var client) && client.Chat is not null ? client.Entry : null;
            connects[model] = entry?.Endpoint is null ? null : await WarmUp.RunAsync(_http, entry, client?.Entra, _time, cancellationToken);
        }

        return connects;
    }

    public void Dispose() => _http.Dispose();

    private sealed class Client
    {
        public Client(ModelEntry entry, TokenCredential? credential, ModelClients owner, Action<UsageDoubt>? onDoubt)
        {
            Entry = entry;
            Missing = entry is { EntraScope: not null, Missing: "" } && credential is null ? "No Entra credential is set up." : entry.Missing;
            if (Missing.Length > 0) return;
            Entra = entry.EntraScope is { } scope && credential is not null ? new EntraToken(credential, scope, owner._time) : null;
            var deployment = new Deployment(entry.Model, entry.Offer == new Offer(entry.Model) ? null : entry.Offer)
            {
                LongestAnswerCharacters = entry.Chain.LongestAnswerCharacters,
            };
            var chain = new DeploymentChain(deployment, ChatClients.Create(owner._http, entry, Entra, owner._time), entry.Chain, owner._parts, owner._time, onDoubt);
            Chat = chain.Client;
            Metered = new MeteredCompletionClient(deployment, Chat, owner._time, entry.Chain.Limits);
        }

        public ModelEntry Entry { get; }

        public string Missing { get; }

        public EntraToken? Entra { get; }

        public IChatClient? Chat { get; }

        public MeteredCompletionClient? Metered { get; }
    }
}
