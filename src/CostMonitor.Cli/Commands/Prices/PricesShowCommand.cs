using System.CommandLine;
using CostMonitor.Cli.Output;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices show</c>: all that the catalog knows of one model.</summary>
internal static class PricesShowCommand
{
    public static Command Create()
    {
        var offer = new OfferOptions();
        var json = new Option<bool>("--json") { Description = "JSON instead of words." };
        var catalog = new CatalogOptions();
        var command = new Command("show", "Shows every row of one model, with sources and notes.") { json };
        offer.AddTo(command);
        catalog.AddTo(command);
        command.SetAction(parsed =>
        {
            var asked = offer.Read(parsed).Model;
            var model = catalog.Read(parsed).Resolve(asked) ?? throw new InvalidOperationException($"The catalog does not know {asked}.");
            if (parsed.GetValue(json))
            {
                Data.Json(writer => PriceRowsJson.Write(writer, model.Prices));
                return ExitCodes.Fine;
            }

            var others = model.Aliases.Concat(model.Patterns.Select(p => p.Text)).ToArray();
            Words.Say(model.Key == asked ? $"{model.Key}" : $"{asked} means {model.Key}");
            if (others.Length > 0) Words.Say($"also known as {string.Join(", ", others)}");
            PricesListCommand.Show(model.Prices);
            foreach (var price in model.Prices) Words.Say($"{price.Label}: {price.Source}, checked on {price.Checked:yyyy-MM-dd}{(price.Note is { } note ? $"; {note}" : "")}");
            return ExitCodes.Fine;
        });
        return command;
    }
}
