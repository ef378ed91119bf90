using System.CommandLine;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices revert</c>: the costs as they were before a change.</summary>
internal static class PricesRevertCommand
{
    public static Command Create()
    {
        var id = new Argument<PriceChangeId?>("change")
        {
            Description = "The change's id, as 'costmon prices changes' lists it.", Arity = ArgumentArity.ZeroOrOne, CustomParser = ChangeIds.ReadOption,
        };
        var change = new ChangeOptions();
        var command = new Command("revert", "Gives calls the cost back that they had before a change. A preview without --apply.") { id };
        change.AddTo(command);
        command.SetAction((parsed, cancellationToken) => change.RunAsync(parsed, PriceCatalog.BuiltIn, changes => changes.RevertOfAsync(
            parsed.GetValue(id) ?? throw new InvalidOperationException("Name the change, as in c20261121t093000a1b2c3d4."), cancellationToken), cancellationToken));
        return command;
    }
}
