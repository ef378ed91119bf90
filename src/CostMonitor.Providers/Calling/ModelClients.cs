using System.Collections.Frozen;
using Azure.Core;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Core.Calling.Routing;
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
    private readonly FrozenDictionary<ModelKey, RouteClient> _routes;

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
        Cache = new AnswerCache(configuration.Cache, _parts, time);
        _clients = configuration.Models.ToFrozenDictionary(static m => m.Model, m => new Client(m, credential, this, onDoubt));
        _routes = configuration.Routes.ToFrozenDictionary(static r => r.Model, r => new RouteClient(r, this));
    }

    public ModelConfiguration Configuration { get; }

    /// <summary>The answers of all models that may be given again.</summary>
    public AnswerCache Cache { get; }

    /// <summary>The health of every deployment that is configured and whose breaker is not switched off, as it is now.</summary>
    public IReadOnlyDictionary<ModelKey, BreakerStatus> Breakers() => _clients.Values
        .Select(static c => c.Chain?.Breaker).OfType<CircuitBreaker>().ToDictionary(static b => b.Deployment, static b => b.Status);

    /// <summary>Whether a model, or at least one target of a route, can be called.</summary>
    /// <param name="missing">What the model or the targets lack, by name and never by value; empty if it can be called.</param>
    public bool IsConfigured(ModelKey model, out string missing)
    {
        missing = _clients.TryGetValue(model, out var client) ? client.Missing
            : _routes.TryGetValue(model, out var route) ? route.Missing
            : $"{model} is not in models.json.";
        return missing.Length == 0;
    }

    /// <summary>The model or route as the ecosystem's chat client, to build a pipeline on.</summary>
    /// <returns>Null when it is unknown or not configured.</returns>
    public IChatClient? FindChatClient(ModelKey model) => _clients.GetValueOrDefault(model)?.Chat ?? _routes.GetValueOrDefault(model)?.Chat;

    /// <summary>What keeps the model's calls under its provider's limits: how many wait, and which limits are known.</summary>
    /// <returns>Null when the model is unknown or not configured.</returns>
    public RateLimiter? FindLimiter(ModelKey model) => _clients.GetValueOrDefault(model)?.Chain?.Limiter;

    public Task<RunOutcome> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken)
    {
        if ((_clients.GetValueOrDefault(request.Model)?.Metered ?? _routes.GetValueOrDefault(request.Model)?.Metered) is { } metered)
        {
            return metered.CompleteAsync(request, cancellationToken);
        }

        var isKnown = Configuration.Knows(request.Model);
        IsConfigured(request.Model, out var missing);
        return Task.FromResult<RunOutcome>(new RunOutcome.Failed
        {
            Timings = new CallTimings { EndToEnd = TimeSpan.Zero },
            Stage = FailureStage.Admission,
            ErrorType = isKnown ? "not_configured" : "unknown_model",
            Message = isKnown ? $"{request.Model} is not configured: {missing}" : missing,
        });
    }

    /// <summary>Makes the first measured call of a process like any other: compiles the path and opens a connection, unbilled.</summary>
    /// <param name="models">Models and routes; a route stands for its targets.</param>
    /// <returns>For each model, and not for a route, the time that the connection took; null where there was none to make or it could not be made.</returns>
    public async Task<IReadOnlyDictionary<ModelKey, TimeSpan?>> WarmAsync(IEnumerable<ModelKey> models, CancellationToken cancellationToken)
    {
        var connects = new Dictionary<ModelKey, TimeSpan?>();
        foreach (var model in models.SelectMany(Targets).Distinct())
        {
            var entry = _clients.TryGetValue(model, out var client) && client.Chat is not null ? client.Entry : null;
            connects[model] = entry?.Endpoint is null ? null : await WarmUp.RunAsync(_http, entry, client?.Entra, _time, cancellationToken);
        }

        return connects;
    }

    /// <summary>Asks each endpoint once for an answer that no provider bills, to see whether it can be reached.</summary>
    /// <returns>For each model of the file, in its order.</returns>
    public async Task<IReadOnlyList<ModelProbe>> ProbeAsync(CancellationToken cancellationToken)
    {
        var (probes, reaches) = (new List<ModelProbe>(), new Dictionary<string, Reach>(StringComparer.Ordinal));
        foreach (var entry in Configuration.Models)
        {
            var client = _clients[entry.Model];
            Reach? reach = null;
            if (client.Chat is not null && entry.Endpoint is { } endpoint && !reaches.TryGetValue(endpoint.Authority, out reach))
            {
                reach = reaches[endpoint.Authority] = await WarmUp.ReachAsync(_http, entry, client.Entra, _time, cancellationToken);
            }

            probes.Add(new ModelProbe(entry.Model, client.Missing, entry.Endpoint is not null, reach?.Connect, reach?.HttpStatus, reach?.Failure, entry.Facts.StatusPage));
        }

        return probes;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The deployments that may answer for a model or a route: those that are configured.</summary>
    private Offer[] OffersOf(ModelKey model) => [.. Targets(model).Where(t => _clients.GetValueOrDefault(t)?.Chain is not null).Select(t => _clients[t].Entry.Offer)];

    /// <summary>A model or route behind admission: what a budget that throttles asks instead. Null when it is unknown or not configured.</summary>
    private IChatClient? FindAdmitted(ModelKey model) => _clients.GetValueOrDefault(model)?.Chain?.Client ?? _routes.GetValueOrDefault(model)?.Inner;

    private IEnumerable<ModelKey> Targets(ModelKey model) => Configuration.FindRoute(model)?.Targets.Select(static t => t.Model) ?? [model];

    /// <summary>What stands before a deployment or a route alike.</summary>
    private RecordedChatClient Whole(ModelKey model, IChatClient inner, CallLimits limits)
    {
        var admitted = new AdmittedChatClient(model, inner, OffersOf, FindAdmitted, _parts, limits, _time);
        var cached = new CachedChatClient(model, admitted, Cache, limits);
        var idempotent = new IdempotentChatClient(model, cached, Cache, limits);
        return new RecordedChatClient(model, idempotent, _time, _parts.Logger);
    }

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
                Server = entry.Endpoint, LongestAnswerCharacters = entry.Chain.LongestAnswerCharacters,
            };
            Chain = new DeploymentChain(deployment, ChatClients.Create(owner._http, entry, Entra, owner._time), entry.Chain, owner._parts, owner._time, onDoubt);
            Chat = owner.Whole(entry.Model, Chain.Client, entry.Chain.Limits);
            Metered = new MeteredCompletionClient(deployment, Chat, owner._time, entry.Chain.Limits);
        }

        public ModelEntry Entry { get; }

        public string Missing { get; }

        public EntraToken? Entra { get; }

        public IChatClient? Chat { get; }

        /// <summary>The part of the chain that is the deployment's own; null for one that is not configured.</summary>
        public DeploymentChain? Chain { get; }

        public MeteredCompletionClient? Metered { get; }

        public RoutedDeployment AsTarget() => new()
        {
            Offer = Entry.Offer, Client = Chain?.Client, Missing = Missing, Latency = Chain?.Latency, State = Chain is { } chain ? chain.State : static () => TargetState.Closed,
        };
    }

    private sealed class RouteClient
    {
        public RouteClient(Route route, ModelClients owner)
        {
            RoutedDeployment[] deployments = [.. route.Targets.Select(t => owner._clients[t.Model].AsTarget())];
            if (deployments.All(static d => d.Client is null))
            {
                Missing = string.Join(' ', route.Targets.Select((t, i) => $"{t.Model}: {deployments[i].Missing}"));
                return;
            }

            var limits = owner.Configuration.Chain.Limits;
            Inner = new RoutedChatClient(route, deployments, owner._parts, limits, owner._time);
            Chat = owner.Whole(route.Model, Inner, limits);
            Metered = new MeteredCompletionClient(new Deployment(route.Model), Chat, owner._time, limits);
        }

        public string Missing { get; } = "";

        public IChatClient? Inner { get; }

        public IChatClient? Chat { get; }

        public MeteredCompletionClient? Metered { get; }
    }
}
