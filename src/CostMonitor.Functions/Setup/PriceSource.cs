using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Prices;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.Setup;

/// <summary>Where the app's prices come from: the built-in files, those of <c>PricesFolder</c>, those that were stored since, and a discount over all.</summary>
/// <remarks>Each process looks for stored files again after <see cref="LookAgain"/>; a file that is faulty then leaves the last good catalog in force.</remarks>
internal sealed partial class PriceSource
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(5);

    private readonly AppSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<PriceSource> _logger;
    private DateTimeOffset _looked;

    private PriceSource(AppSettings settings, PriceFileTable files, TimeProvider time, ILogger<PriceSource> logger)
    {
        (_settings, Files, _time, _logger, _looked) = (settings, files, time, logger, time.GetUtcNow());
        InForce = new PricesInForce(Compose([]), _looked);
    }

    public PricesInForce InForce { get; }

    public PriceFileTable Files { get; }

    /// <exception cref="InputException">The folder or the overlay is faulty, as any other file that was deployed with the app.</exception>
    public static async Task<PriceSource> OpenAsync(
        AppSettings settings, StorageAccount account, TimeProvider time, ILogger<PriceSource> logger, CancellationToken cancellationToken)
    {
        var files = new PriceFileTable(account, time);
        await files.CreateIfNotExistsAsync(cancellationToken);
        var source = new PriceSource(settings, files, time, logger);
        await source.ReadStoredAsync(cancellationToken);
        return source;
    }

    /// <summary>Looks for stored files if that was long ago. Storage that cannot be reached leaves the catalog as it is.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_time.GetUtcNow() - _looked < LookAgain) return;
        try
        {
            await ReadStoredAsync(cancellationToken);
        }
        catch (StorageException e)
        {
            Log.NotRead(_logger, InForce.Read, e.Message);
        }
    }

    /// <summary>Checks a price file together with all others, stores it and puts it in force.</summary>
    /// <exception cref="InputException">All faults of the file.</exception>
    public async Task StoreAsync(string provider, string json, string by, CancellationToken cancellationToken)
    {
        var stored = (await Files.ReadAsync(cancellationToken)).Where(f => f.Provider != provider);
        Compose([.. stored, (provider, json)]);
        await Files.WriteAsync(provider, json, by, cancellationToken);
        await ReadStoredAsync(cancellationToken);
    }

    /// <summary>The list prices without the discount, which is what a price list is compared with.</summary>
    public async Task<PriceCatalog> ListPricesAsync(CancellationToken cancellationToken) =>
        CatalogFolder.Read(_settings.PricesFolder, null, Named(await Files.ReadAsync(cancellationToken)));

    private async Task ReadStoredAsync(CancellationToken cancellationToken)
    {
        _looked = _time.GetUtcNow();
        var stored = await Files.ReadAsync(cancellationToken);
        InForce.Replace(() => Compose(stored), _looked);
        foreach (var fault in InForce.Faults) Log.Faulty(_logger, fault.ToString(), InForce.Read);
    }

    private PriceCatalog Compose(IReadOnlyList<(string Provider, string Json)> stored) =>
        CatalogFolder.Read(_settings.PricesFolder, _settings.PriceOverlay, Named(stored));

    private static IReadOnlyList<(string File, string Json)> Named(IReadOnlyList<(string Provider, string Json)> stored) =>
        [.. stored.Select(f => ($"stored {f.Provider}.json", f.Json))];

    private static partial class Log
    {
        [LoggerMessage(601, LogLevel.Warning, "The stored prices could not be read; those of {Read} stay in force: {Reason}")]
        public static partial void NotRead(ILogger logger, DateTimeOffset read, string reason);

        [LoggerMessage(602, LogLevel.Error, "Stored prices are faulty: {Fault} Those of {Read} stay in force.")]
        public static partial void Faulty(ILogger logger, string fault, DateTimeOffset read);
    }
}
