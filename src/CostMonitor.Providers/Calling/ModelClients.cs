using System.Collections.Concurrent;
using Azure.Core;
using Azure.Identity;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Anthropic;
using CostMonitor.Providers.Configuration;
using CostMonitor.Providers.OpenAI;
using CostMonitor.Providers.Simulated;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Calling;

/// <summary>All models of a models.json, each called through its own client over shared connections.</summary>
public sealed class ModelClients : ICompletionClient, IDisposable
{
    private readonly ModelConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly ModelHttp _http;
    private readonly Lazy<TokenCredential> _credential;
    private readonly ConcurrentDictionary<ModelKey, MeteredCompletionClient> _clients = new();

    /// <param name="configuration">The models.</param>
    /// <param name="setting">Gives <c>AzureWebJobsStorage__clientId</c>, the client id of a user-assigned identity, if there is one.</param>
    /// <param name="time">The clock of all measurements; simulated models wait on it too.</param>
    /// <param name="handler">Sends the requests instead of the network, for tests.</param>
    public ModelClients(ModelConfiguration configuration, Func<string, string?> setting, TimeProvider time, HttpMessageHandler? handler = null)
    {
        (_configuration, _time, _http) = (configuration, time, new ModelHttp(time, handler));
        _credential = new(() => Credential(setting));
    }

    /// <summary>Reads a models.json from disk.</summary>
    /// <exception cref="InputException">The file is missing or faulty.</exception>
    public static ModelClients Read(string path, Func<string, string?> setting, TimeProvider time)
    {
        try
        {
            return new ModelClients(ModelConfiguration.Parse(File.ReadAllText(path), path, setting), setting, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "", $"The models' file cannot be read: {e.Message}");
        }
    }

    /// <summary>The models in the order of the file.</summary>
    public IEnumerable<ModelKey> Known => _configuration.Models.Select(m => m.Model);

    public bool IsKnown(ModelKey model) => _configuration.Find(model) is not null;

    /// <summary>Whether the model is in the file and has its endpoint and key.</summary>
    public bool IsConfigured(ModelKey model) => _configuration.Find(model) is { } entry && entry.IsConfigured(out _);

    public bool IsSimulated(ModelKey model) => _configuration.Find(model) is { Api: ModelApi.Simulated };

    /// <summary>The client of one model, for callers that want the ecosystem's interface.</summary>
    /// <exception cref="ProviderException">The model is unknown or not configured.</exception>
    public IChatClient ChatClient(ModelKey model)
    {
        if (_configuration.Find(model) is not { } entry) throw Refused("unknown_model", $"{model} is not in the models' file.");
        if (!entry.IsConfigured(out var missing)) throw Refused("not_configured", $"{model} cannot be called: {missing}");
        return entry.Api switch
        {
            ModelApi.Simulated => new SimulatedChatClient(model, entry.Simulated ?? new SimulatedProfile(), _time),
            ModelApi.Anthropic => new AnthropicChatClient(entry, _http),
            _ => new OpenAIChatClient(entry, _http, entry.EntraScope is null ? null : _credential.Value),
        };
    }

    public Task<RunOutcome> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return _clients.GetOrAdd(request.Model, m => new MeteredCompletionClient(ChatClient(m), _time)).CompleteAsync(request, cancellationToken);
        }
        catch (ProviderException e)
        {
            return Task.FromResult<RunOutcome>(new RunOutcome.Failed
            {
                Stage = e.Stage, ErrorType = e.ErrorType, Message = e.Message, Timings = new CallTimings { EndToEnd = TimeSpan.Zero },
            });
        }
    }

    /// <summary>Compiles the calling path and opens a connection to each endpoint, so that a first measured call is not a slow one.</summary>
    /// <remarks>Nothing is billed: the path is run against an answer in memory, the connection is opened by asking for the endpoint's root.</remarks>
    public async Task WarmAsync(IEnumerable<ModelKey> models, CancellationToken cancellationToken)
    {
        var entries = models.Select(_configuration.Find).OfType<ModelEntry>().Where(m => m.Api != ModelApi.Simulated && m.IsConfigured(out _)).ToArray();
        foreach (var entry in entries.DistinctBy(e => e.Api == ModelApi.Anthropic)) await WarmPath.RunAsync(entry, _time, cancellationToken);
        await Task.WhenAll(entries.DistinctBy(e => e.Endpoint).Select(e => ConnectAsync(e, cancellationToken)));
    }

    public void Dispose() => _http.Dispose();

    private async Task ConnectAsync(ModelEntry entry, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, entry.Endpoint);
            using var response = await _http.SendAsync(request, null, either.Token);
            await response.Content.LoadIntoBufferAsync(64 * 1024, either.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // An endpoint that cannot be reached shows in its first call, with its reason.
        }
    }

    private static TokenCredential Credential(Func<string, string?> setting) =>
        setting("AzureWebJobsStorage__clientId") is { Length: > 0 } client
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(client))
            : new DefaultAzureCredential();

    private static ProviderException Refused(string type, string message) => new(FailureStage.Admission, type, message);
}
