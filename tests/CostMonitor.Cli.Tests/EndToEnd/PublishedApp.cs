using CostMonitor.Cli.Local;
using CostMonitor.Cli.StandIn;
using CostMonitor.Cli.Tests.StandIn;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;
using CostMonitor.Testing.Azurite;

namespace CostMonitor.Cli.Tests.EndToEnd;

/// <summary>The app, published once as <c>costmon up</c> does it; each test starts it on an emulator of its own.</summary>
public sealed class PublishedApp : IAsyncLifetime
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("costmon-app-").FullName;

    public async Task InitializeAsync()
    {
        var repository = AppPublisher.FindRepository() ?? throw new InvalidOperationException("The tests do not lie in the repository.");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await AppPublisher.PublishAsync(repository, Folder, AppBuild.ForThisMachine, patience.Token);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }

    internal async Task<RunningHost> StartAsync(
        string simulatedModels, IReadOnlyDictionary<string, string> settings, int giveUpAfter, DuplicateDeliveries? duplicates, CancellationToken cancellationToken)
    {
        var host = new RunningHost();
        try
        {
            await host.StartAsync(Folder, simulatedModels, settings, giveUpAfter, duplicates, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Storage, simulated models and the app under the stand-in.</summary>
    internal sealed class RunningHost : IAsyncDisposable
    {
        private readonly TempFolder _data = new();
        private AzuriteServer? _azurite;
        private SimulatorServer? _simulator;
        private FunctionsHost? _host;

        public OutputLines Output { get; } = new();

        public FunctionsHost Host => _host ?? throw NotStarted();

        public StorageAccount Account => StorageAccount.FromConnectionString(ConnectionString);

        public string ConnectionString => _azurite?.ConnectionString ?? throw NotStarted();

        /// <summary>The records as they lie in storage, read past the app.</summary>
        public BatchTable Batches => new(Account, new RunTable(Account, TimeProvider.System), TimeProvider.System);

        public async Task StartAsync(
            string app, string simulatedModels, IReadOnlyDictionary<string, string> settings, int giveUpAfter, DuplicateDeliveries? duplicates, CancellationToken cancellationToken)
        {
            _azurite = await AzuriteServer.StartAsync(cancellationToken);
            _simulator = await SimulatorServer.StartAsync(simulatedModels, 0, cancellationToken);
            _host = await FunctionsHost.StartAsync(
                new FunctionsHostOptions
                {
                    AppFolder = app,
                    StorageConnectionString = ConnectionString,
                    Settings = new Dictionary<string, string>(settings) { ["SIMULATOR_ENDPOINT"] = $"{_simulator.Address}v1/" },
                    HttpPort = 0,
                    DataFolder = _data.Path,
                    Output = Output.Add,
                    GiveUpAfter = giveUpAfter,
                    DuplicateDeliveries = duplicates,
                },
                cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            if (_host is not null) await _host.DisposeAsync();
            if (_simulator is not null) await _simulator.DisposeAsync();
            if (_azurite is not null) await _azurite.DisposeAsync();
            _data.Dispose();
        }

        private static InvalidOperationException NotStarted() => new("Not started.");
    }
}
