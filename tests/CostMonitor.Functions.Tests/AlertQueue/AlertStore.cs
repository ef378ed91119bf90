using CostMonitor.Storage;
using CostMonitor.Testing.Azurite;

namespace CostMonitor.Functions.Tests.AlertQueue;

/// <summary>An emulator for the tests of a class.</summary>
public sealed class AlertStore : IAsyncLifetime
{
    private AzuriteServer? _azurite;

    public string ConnectionString => _azurite?.ConnectionString ?? throw new InvalidOperationException("Not started.");

    public StorageAccount Account => StorageAccount.FromConnectionString(ConnectionString);

    public async Task InitializeAsync() => _azurite = await AzuriteServer.StartAsync(CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (_azurite is not null) await _azurite.DisposeAsync();
    }

    /// <summary>The account as a process sees it that may die between any two requests.</summary>
    internal StorageAccount AccountOf(Mortality life)
    {
        var (endpoints, key) = Storage.ConnectionString.Parse(ConnectionString);
        return new StorageAccount(endpoints, key, new TransportSettings { Handler = new MortalHandler(life) });
    }
}
