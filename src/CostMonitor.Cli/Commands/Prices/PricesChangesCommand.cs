using System.CommandLine;
using System.Globalization;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Repricing;
using Spectre.Console;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices changes</c>: the audit of changed costs.</summary>
internal static class PricesChangesCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var runs = new RunCostsOptions();
        var command = new Command("changes", "Lists the changes of stored costs.") { json };
        runs.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var costs = await runs.OpenAsync(parsed, cancellationToken);
            var heads = await costs.Changes.ListAsync(cancellationToken);
            if (parsed.GetValue(json)) Data.Json(writer => RepricingOutput.Write(writer, heads));
            else Data.Table(Table(heads));
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Table Table(IReadOnlyList<PriceChangeHead> heads)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("id", "state", "what", "by", "changed", "before", "after");
        foreach (var head in heads)
        {
            table.AddRow([.. new[]
            {
                head.Id.ToString(), EnumNames.Of(head.State), head.Request.ToString(), head.By, head.Outcome?.Changed.ToString(CultureInfo.InvariantCulture) ?? "-",
                head.Outcome?.Before.ToString() ?? "-", head.Outcome?.After.ToString() ?? "-",
            }.Select(Markup.Escape)]);
        }

        return table;
    }
}
