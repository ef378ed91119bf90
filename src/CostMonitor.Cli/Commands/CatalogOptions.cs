using System.CommandLine;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Prices;

namespace CostMonitor.Cli.Commands;

/// <summary>The options of every command that prices calls.</summary>
internal sealed class CatalogOptions
{
    private readonly Option<string?> _folder = new("--catalog")
    {
        Description = "A folder of price files, one a provider; each stands in for the built-in file of its provider.",
    };

    private readonly Option<string?> _overlay = new("--overlay") { Description = "A file of discounts over the list prices." };

    public void AddTo(Command command)
    {
        command.Options.Add(_folder);
        command.Options.Add(_overlay);
    }

    /// <summary>The folder that was named; null for the built-in files alone.</summary>
    public string? Folder(ParseResult parsed) => parsed.GetValue(_folder);

    public PriceCatalog Read(ParseResult parsed) => CatalogFolder.Read(parsed.GetValue(_folder), parsed.GetValue(_overlay));
}
