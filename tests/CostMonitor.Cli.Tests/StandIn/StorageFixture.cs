using CostMonitor.Storage;
using CostMonitor.Testing.Azurite;

namespace CostMonitor.Cli.Tests.StandIn;

/// <summary>One emulator for the tests of a class, which use queues of their own.</summary>
public sealed class StorageFixture : IAsyncLifetime
{
    private AzuriteServer? _server;

    public string ConnectionString => _server?.ConnectionString ?? throw new InvalidOperationException("Not started.");

    public StorageAccount Account { get; private set; } = StorageAccount.FromConnectionString("UseDevelopmentStorage=true");

    public async Task InitializeAsync()
    {
        _server = await AzuriteServer.StartAsync(CancellationToken.None);
        Account = StorageAccount.FromConnectionString(ConnectionString);
    }

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    internal Task SendRawAsync(string queue, string text) => RawQueue.SendAsync(ConnectionString, queue, text);
}
