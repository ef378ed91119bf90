using System.CommandLine;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices</c>: what calls cost, and why.</summary>
internal static class PricesCommand
{
    public static Command Create() => new("prices", "Shows, explains, imports and applies prices.")
    {
        PricesListCommand.Create(),
        PricesShowCommand.Create(),
        PricesExplainCommand.Create(),
        PricesEstimateCommand.Create(),
        PricesSyncCommand.Create(),
        PricesImportCommand.Create(),
        PricesFillCommand.Create(),
        PricesRepriceCommand.Create(),
        PricesRevertCommand.Create(),
        PricesChangesCommand.Create(),
    };
}
