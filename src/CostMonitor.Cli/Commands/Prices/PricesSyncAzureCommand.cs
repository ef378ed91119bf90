using System.CommandLine;
using System.CommandLine.Parsing;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Azure;
using CostMonitor.Core.Pricing.Import;
using CostMonitor.Providers.Prices;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices sync azure</c>: shows what Azure's public price list would change, and changes it when told to.</summary>
internal static class PricesSyncAzureCommand
{
    public static Command Create()
    {
        var region = new Option<string[]>("--region") { Description = "Only prices of this region, as in swedencentral; may be given several times.", AllowMultipleArgumentsPerToken = true };
        var meters = new Option<string?>("--meters") { Description = "A file that says what further meters price; it goes before the built-in table." };
        var accept = new Option<string[]>("--accept") { Description = "The name of an unmapped meter whose suggestion is right; may be given several times." };
        var refresh = new Option<bool>("--refresh") { Description = "Ask the service even if its last answer is less than a day old." };
        var cache = new Option<string>("--cache") { Description = "The file that keeps the last answer.", DefaultValueFactory = _ => DefaultCache() };
        var address = new Option<Uri>("--address") { Description = "Another address of the service, for tests.", DefaultValueFactory = _ => RetailPricesClient.DefaultAddress, CustomParser = Address };
        var update = new CatalogUpdate();
        var command = new Command("azure", "Takes the prices of Azure OpenAI from Azure's public price list.") { region, meters, accept, refresh, cache, address };
        update.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wanted = new AzureWish { Regions = parsed.GetValue(region) ?? [], Accepted = parsed.GetValue(accept) ?? [] };
            var table = Table(parsed.GetValue(meters));
            var reading = await ReadAsync(parsed.GetRequiredValue(address), parsed.GetRequiredValue(cache), parsed.GetValue(refresh), cancellationToken);
            var day = DateOnly.FromDateTime(reading.Answer.ReadAt.UtcDateTime);
            var import = AzureImport.From(reading.Answer.Meters, table, wanted, day);
            RefuseUnknownAccepted(wanted, reading.Answer.Meters);
            var code = update.Run(parsed, new ImportedPrices(import.Models, AzureImportNotes.Of(import)), day);
            AzureImportNotes.Say(reading, import);
            return import.Of(UnusedKind.Refused).Any() ? ExitCodes.CheckFailed : code;
        });
        return command;
    }

    private static Uri Address(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        result.AddError($"Expected an address, as in {RetailPricesClient.DefaultAddress}, got '{result.Tokens[0].Value}'.");
        return RetailPricesClient.DefaultAddress;
    }

    private static async Task<RetailReading> ReadAsync(Uri address, string cache, bool refresh, CancellationToken cancellationToken)
    {
        using var http = RetailPricesClient.CreateHttp();
        var client = new RetailPricesClient(http, address, TimeProvider.System);
        return await new RetailPriceList(client, cache, TimeProvider.System).ReadAsync(refresh, cancellationToken);
    }

    private static MeterTable Table(string? file)
    {
        if (file is null) return MeterTable.BuiltIn;
        try
        {
            return MeterTable.Parse(File.ReadAllText(file), file).Over(MeterTable.BuiltIn);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(file, "", $"The file cannot be read: {e.Message}");
        }
    }

    /// <summary>A misspelt name would be no acceptance, and nobody would notice.</summary>
    private static void RefuseUnknownAccepted(AzureWish wanted, IEnumerable<RetailMeter> meters)
    {
        var open = meters.Where(m => MeterSuggestion.Of(m.MeterName) is not null).Select(m => m.MeterName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var unknown = wanted.Accepted.Where(name => !open.Contains(name)).Select(name => new InputFault("--accept", name, "The list has no meter of this name that a suggestion can be made for.")).ToArray();
        if (unknown.Length > 0) throw new InputException(unknown);
    }

    private static string DefaultCache() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "costmon", "azure-retail-prices.json");
}
