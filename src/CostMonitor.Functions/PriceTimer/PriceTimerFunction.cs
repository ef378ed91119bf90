using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Azure;
using CostMonitor.Core.Pricing.Import;
using CostMonitor.Functions.Host;
using CostMonitor.Functions.Setup;
using CostMonitor.Providers.Prices;

namespace CostMonitor.Functions.PriceTimer;

/// <summary>Each week: reads Azure's price list and puts what changed in force. What looks odd stays out and is told.</summary>
internal sealed partial class PriceTimerFunction(Composition composition, ILogger<PriceTimerFunction> logger)
{
    private const string Provider = "azure-openai";

    public async Task RunAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var app = await composition.GetAsync(cancellationToken);
        await TimerTrigger.ReadAsync(request, app.Time, cancellationToken);
        if (await AskAsync(app, cancellationToken) is not { } answer) return;
        var day = DateOnly.FromDateTime(answer.ReadAt.UtcDateTime);
        var import = AzureImport.From(answer.Meters, MeterTable.BuiltIn, AzureWish.All, day);
        var changes = CatalogChanges.Between(await app.Prices.ListPricesAsync(cancellationToken), new ImportedPrices(import.Models, []), day);
        foreach (var held in changes.All.Where(c => c.IsQuarantined)) Log.Quarantined(logger, held.Offer.ToString(), string.Join("; ", held.Quarantine));
        var models = changes.Apply(static _ => false);
        app.Reports.Read(changes, "PriceTimer");
        if (models.Count > 0) await app.Prices.StoreAsync(Provider, PriceFileWriter.Write(Provider, models), "PriceTimer", cancellationToken);
        Log.Read(
            logger, import.Used, import.Of(UnusedKind.Unmapped).Count(), import.Of(UnusedKind.Refused).Count(),
            changes.Of(CatalogChangeKind.Added).Count(c => !c.IsQuarantined), changes.Of(CatalogChangeKind.Changed).Count(c => !c.IsQuarantined), changes.All.Count(c => c.IsQuarantined));
    }

    private async Task<RetailAnswer?> AskAsync(RunningApp app, CancellationToken cancellationToken)
    {
        try
        {
            using var http = RetailPricesClient.CreateHttp();
            return await new RetailPricesClient(http, app.Settings.AzurePrices, app.Time).AskAsync(cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or InputException)
        {
            Log.NotRead(logger, app.Settings.AzurePrices, app.Prices.InForce.Read, e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(701, LogLevel.Information, "Azure's prices: {Used} meters used, {Unmapped} unmapped, {Refused} refused; {Added} rows added, {Changed} changed, {Quarantined} quarantined.")]
        public static partial void Read(ILogger logger, int used, int unmapped, int refused, int added, int changed, int quarantined);

        [LoggerMessage(702, LogLevel.Warning, "Azure's price for {Offer} is not put in force: {Reasons}. 'costmon prices sync azure' confirms it.")]
        public static partial void Quarantined(ILogger logger, string offer, string reasons);

        [LoggerMessage(703, LogLevel.Warning, "Azure's prices could not be read at {Address}; those read at {Read} stay in force: {Reason}")]
        public static partial void NotRead(ILogger logger, Uri address, DateTimeOffset read, string reason);
    }
}
