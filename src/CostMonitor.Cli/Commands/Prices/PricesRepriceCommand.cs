using System.CommandLine;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices reprice</c>: recorded calls under the prices of today's catalog, of a named list, or of another model.</summary>
internal static class PricesRepriceCommand
{
    public static Command Create()
    {
        var label = new Option<string?>("--label") { Description = "Take the rows of this price list, whatever their days, instead of the row of each call's day." };
        var (change, period, catalog, whatIf) = (new ChangeOptions(), new PeriodOptions(), new CatalogOptions(), new WhatIfOptions());
        var command = new Command("reprice", "Prices all recorded calls of a period anew. A preview without --apply.") { label };
        whatIf.AddTo(command);
        change.AddTo(command);
        period.AddTo(command);
        catalog.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var prices = catalog.Read(parsed);
            return change.RunAsync(parsed, prices, _ => Task.FromResult(Request(parsed, prices)), cancellationToken);
        });
        return command;

        RepricingRequest Request(ParseResult parsed, PriceCatalog prices)
        {
            var (list, offer) = (parsed.GetValue(label), whatIf.Read(parsed));
            if (list is not null && prices.Prices.All(p => p.Label != list)) throw new InvalidOperationException($"No price has the label '{list}'; 'costmon prices list --all' shows them.");
            if (offer is { } other && prices.Resolve(other.Model) is null) throw new InvalidOperationException($"The catalog does not know {other.Model}.");
            return period.Read(parsed, PriceChangeKind.Reprice) with { Label = list, As = offer };
        }
    }
}
