using Azure.Core;
using Azure.Core.Pipeline;
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

    internal StorageAccount(StorageEndpoints endpoints, SharedKey key, TransportSettings settings)
        : this(endpoints, settings, new TableSharedKeyPolicy(key, settings.Time), new QueueSharedKeyPolicy(key, settings.Time))
    {
    }

    internal StorageAccount(StorageEndpoints endpoints, TokenCredential credential, TransportSettings settings)
        : this(endpoints, settings, new BearerTokenAuthenticationPolicy(credential, TokenScope))
    {
    }

    private StorageAccount(StorageEndpoints endpoints, TransportSettings settings, HttpPipelinePolicy table, HttpPipelinePolicy? queue = null)
    {
        (TableEndpoint, QueueEndpoint) = (endpoints.Table, endpoints.Queue);
        var transport = new HttpClientTransport(settings.Handler);
        _tables = new StoragePipeline(transport, settings, _counter, table);
        _queues = new StoragePipeline(transport, settings, _counter, queue ?? table);
    }

    /// <summary>Address of the table service.</summary>
    public Uri TableEndpoint { get; }

    /// <summary>Address of the queue service.</summary>
    public Uri QueueEndpoint { get; }

    /// <summary>HTTP requests sent to both services since this was made, retries included.</summary>
    public long RequestsSent => _counter.Sent;

    /// <summary>An account by its key, or the emulator (<c>UseDevelopmentStorage=true</c>).</summary>
    /// <exception cref="FormatException">A part is missing, unknown or malformed; the message names it and never shows a value.</exception>
    public static StorageAccount FromConnectionString(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var (endpoints, key) = ConnectionString.Parse(connectionString);
        return new StorageAccount(endpoints, key, new TransportSettings());
    }

    /// <summary>An account as the Functions host names it in its settings.</summary>
    /// <param name="connection">
    /// A setting that holds a connection string, such as <c>AzureWebJobsStorage</c>; or the prefix of <c>__accountName</c>,
    /// <c>__tableServiceUri</c>, <c>__queueServiceUri</c>, <c>__credential</c> and <c>__clientId</c>.
    /// </param>
    /// <param name="setting">Gives a setting's value, or null.</param>
    /// <exception cref="InvalidOperationException">A setting is missing or unusable; the message names it.</exception>
    /// <exception cref="FormatException">The connection string is malformed.</exception>
    public static StorageAccount FromSettings(string connection, Func<string, string?> setting)
    {
        ArgumentException.ThrowIfNullOrEmpty(connection);
        ArgumentNullException.ThrowIfNull(setting);
        if (setting(connection) is { Length: > 0 } connectionString) return FromConnectionString(connectionString);
        var (endpoints, credential) = IdentitySettings.Read(connection, setting);
        return new StorageAccount(endpoints, credential, new TransportSettings());
    }

    /// <summary>A table of this account, whether or not it exists yet.</summary>
    /// <exception cref="ArgumentException">No table can have this name.</exception>
    public TableClient Table(string name) => new(_tables, TableEndpoint, name);

    /// <summary>A queue of this account, whether or not it exists yet.</summary>
    /// <exception cref="ArgumentException">No queue can have this name.</exception>
    public QueueClient Queue(string name) => new(_queues, QueueEndpoint, name);
}
