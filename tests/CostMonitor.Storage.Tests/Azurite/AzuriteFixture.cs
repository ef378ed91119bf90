using CostMonitor.Storage.Queues;
using CostMonitor.Storage.Tables;
using CostMonitor.Testing.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Azurite;

/// <summary>One emulator for all tests that need one; each takes tables and queues of its own.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private AzuriteServer? _server;
    private int _names;

    public AzuriteServer Server => _server ?? throw new InvalidOperationException("Azurite was not started.");

    public StorageAccount Account => StorageAccount.FromConnectionString(Server.ConnectionString);

    public async Task InitializeAsync() => _server = await AzuriteServer.StartAsync(CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    public async Task<TableClient> NewTableAsync()
    {
        var table = Account.Table($"Table{Interlocked.Increment(ref _names)}");
        await table.CreateIfNotExistsAsync(CancellationToken.None);
        return table;
    }

    public async Task<QueueClient> NewQueueAsync()
    {
        var queue = Account.Queue($"queue-{Interlocked.Increment(ref _names)}");
        await queue.CreateIfNotExistsAsync(CancellationToken.None);
        return queue;
    }
}
