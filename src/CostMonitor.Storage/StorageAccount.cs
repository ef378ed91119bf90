using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using CostMonitor.Storage.Checks;
using CostMonitor.Storage.Queues;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage;

/// <summary>One storage account: its tables and queues share a pool of connections. Make one and keep it.</summary>
public sealed class StorageAccount
{
    private const string TokenScope = "https://storage.azure.com/.default"; // one for all services of storage

    private readonly RequestCounter _counter = new();
    private readonly StoragePipeline _tables;
    private readonly StoragePipeline _queues;
    private readonly TokenCredential? _credential;

    internal StorageAccount(StorageEndpoints endpoints, SharedKey key, TransportSettings settings)
        : this(endpoints, settings, new StorageIdentity(StorageIdentityKind.Key, null), new TableSharedKeyPolicy(key, settings.Time), new QueueSharedKeyPolicy(key, settings.Time))
    {
    }

    internal StorageAccount(StorageEndpoints endpoints, TokenCredential credential, StorageIdentity identity, TransportSettings settings)
        : this(endpoints, settings, identity, new BearerTokenAuthenticationPolicy(credential, TokenScope)) => _credential = credential;

    private StorageAccount(StorageEndpoints endpoints, TransportSettings settings, StorageIdentity identity, HttpPipelinePolicy table, HttpPipelinePolicy? queue = null)
    {
        (TableEndpoint, QueueEndpoint, Identity) = (endpoints.Table, endpoints.Queue, identity);
        var transport = new HttpClientTransport(settings.Handler);
        _tables = new StoragePipeline(transport, settings, _counter, table);
        _queues = new StoragePipeline(transport, settings, _counter, queue ?? table);
    }

    /// <summary>Address of the table service.</summary>
    public Uri TableEndpoint { get; }

    /// <summary>Address of the queue service.</summary>
    public Uri QueueEndpoint { get; }

    /// <summary>What the account is reached with.</summary>
    public StorageIdentity Identity { get; }

    /// <summary>HTTP requests sent to both services since this was made, retries included.</summary>
    public long RequestsSent => _counter.Sent;

    /// <summary>An account by its key, or the emulator (<c>UseDevelopmentStorage=true</c>).</summary>
    /// <exception cref="FormatException">A part is missing, unknown or malformed; the message names it and never shows a value.</exception>
    public static StorageAccount FromConnectionString(string connectionString) => FromConnectionString(connectionString, new TransportSettings());

    /// <summary>An account as the Functions host names it in its settings.</summary>
    /// <param name="connection">
    /// A setting that holds a connection string, such as <c>AzureWebJobsStorage</c>; or the prefix of <c>__accountName</c>,
    /// <c>__tableServiceUri</c>, <c>__queueServiceUri</c>, <c>__credential</c> and <c>__clientId</c>.
    /// </param>
    /// <param name="setting">Gives a setting's value, or null.</param>
    /// <exception cref="InvalidOperationException">A setting is missing or unusable; the message names it.</exception>
    /// <exception cref="FormatException">The connection string is malformed.</exception>
    public static StorageAccount FromSettings(string connection, Func<string, string?> setting) => FromSettings(connection, setting, new TransportSettings());

    /// <summary>A table of this account, whether or not it exists yet.</summary>
    /// <exception cref="ArgumentException">No table can have this name.</exception>
    public TableClient Table(string name) => new(_tables, TableEndpoint, name);

    /// <summary>A queue of this account, whether or not it exists yet.</summary>
    /// <exception cref="ArgumentException">No queue can have this name.</exception>
    public QueueClient Queue(string name) => new(_queues, QueueEndpoint, name);

    internal static StorageAccount FromSettings(string connection, Func<string, string?> setting, TransportSettings transport)
    {
        ArgumentException.ThrowIfNullOrEmpty(connection);
        ArgumentNullException.ThrowIfNull(setting);
        if (setting(connection) is { Length: > 0 } connectionString) return FromConnectionString(connectionString, transport);
        var (endpoints, credential, identity) = IdentitySettings.Read(connection, setting);
        return new StorageAccount(endpoints, credential, identity, transport);
    }

    /// <summary>Has a token ready for the requests that follow; nothing where a key is used.</summary>
    /// <exception cref="Azure.Identity.AuthenticationFailedException">The identity gives none.</exception>
    internal async Task AuthenticateAsync(CancellationToken cancellationToken)
    {
        if (_credential is not null) await _credential.GetTokenAsync(new TokenRequestContext([TokenScope]), cancellationToken);
    }

    /// <summary>The first of the account's tables or queues: the smallest request that needs the right to its data.</summary>
    internal HttpMessage ListOne(StorageService service)
    {
        if (service == StorageService.Queue) return _queues.CreateMessage(RequestMethod.Get, $"{QueueEndpoint.AbsoluteUri}?comp=list&maxresults=1");
        var message = _tables.CreateMessage(RequestMethod.Get, $"{StorageEndpoints.Text(TableEndpoint)}/Tables?$top=1");
        message.Request.Headers.Add("Accept", "application/json;odata=nometadata");
        return message;
    }

    internal Task<Response> SendAsync(StorageService service, HttpMessage message, CancellationToken cancellationToken) =>
        (service == StorageService.Queue ? _queues : _tables).SendAsync(message, "Asking", cancellationToken);

    private static StorageAccount FromConnectionString(string connectionString, TransportSettings transport)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var (endpoints, key) = ConnectionString.Parse(connectionString);
        return new StorageAccount(endpoints, key, transport);
    }
}
