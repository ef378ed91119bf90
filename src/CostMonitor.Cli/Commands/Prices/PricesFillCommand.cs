using System.CommandLine;
using CostMonitor.Core.Pricing.Repricing;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices fill</c>: the price of their day for calls that had none when they were recorded.</summary>
internal static class PricesFillCommand
{
    public static Command Create()
    {
        var (change, period, catalog) = (new ChangeOptions(), new PeriodOptions(), new CatalogOptions());
        var command = new Command("fill", "Prices recorded calls that have no cost, where there is a price now. A preview without --apply.");
        change.AddTo(command);
        period.AddTo(command);
        catalog.AddTo(command);
        command.SetAction((parsed, cancellationToken) => change.RunAsync(
            parsed, catalog.Read(parsed), _ => Task.FromResult(period.Read(parsed, PriceChangeKind.Fill)), cancellationToken));
        return command;
    }
}
