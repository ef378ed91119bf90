using System.CommandLine.Parsing;
using CostMonitor.Core.Pricing.Repricing;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>Reads ids of changes from the command line.</summary>
internal static class ChangeIds
{
    public static PriceChangeId? ReadOption(ArgumentResult result)
    {
        if (result.Tokens is not [var token]) return null;
        if (PriceChangeId.TryParse(token.Value, out var id)) return id;
        result.AddError($"Expected the id of a price change, as in c20261121t093000a1b2c3d4, got '{token.Value}'.");
        return null;
    }
}
