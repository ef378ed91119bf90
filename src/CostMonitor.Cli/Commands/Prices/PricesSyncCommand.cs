using System.CommandLine;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices sync</c>: reads price lists from the services that publish them.</summary>
internal static class PricesSyncCommand
{
    public static Command Create() => new("sync", "Reads the price list of a service.") { PricesSyncAzureCommand.Create() };
}
