using System.CommandLine;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Import;
using CostMonitor.Providers.Prices;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>The options and the work of every command that takes prices from a source into a folder of price files.</summary>
internal sealed class CatalogUpdate
{
    private readonly Option<string> _folder = new("--catalog") { Description = "The folder of price files to compare with and to write to.", DefaultValueFactory = _ => "prices" };
    private readonly Option<bool> _apply = new("--apply") { Description = "Write the changes; without it nothing is written." };
    private readonly Option<string[]> _confirm = new("--confirm") { Description = "Apply a quarantined change too: its offer, as the preview writes it; may be repeated." };
    private readonly Option<bool> _confirmAll = new("--confirm-all") { Description = "Apply every quarantined change too." };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "List each thing that was skipped." };
    private readonly Option<bool> _json = new("--json") { Description = "JSON instead of tables." };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _folder, _apply, _confirm, _confirmAll, _verbose, _json }) command.Options.Add(option);
    }

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Shows what the source would change, and changes it if that was asked for.</summary>
    /// <param name="parsed">The options.</param>
    /// <param name="imported">The source.</param>
    /// <param name="day">The day (UTC) for which it states the prices that it states no day for.</param>
    /// <returns>The exit code: 1 when a quarantined change was not confirmed.</returns>
    public int Run(ParseResult parsed, ImportedPrices imported, DateOnly day)
    {
        var folder = parsed.GetValue(_folder) ?? "prices";
        var changes = CatalogChanges.Between(CatalogFolder.Read(Directory.Exists(folder) ? folder : null, null), imported, day);
        var confirmed = new Confirmations(changes, parsed.GetValue(_confirm) ?? [], parsed.GetValue(_confirmAll));
        var written = parsed.GetValue(_apply) ? Write(folder, changes.Apply(confirmed.Has)) : null;
        var report = new PriceImportReport(imported, changes, confirmed, written);
        if (IsJson(parsed)) Data.Json(report.Write);
        else report.Show(parsed.GetValue(_verbose));
        return confirmed.Open.Count > 0 ? ExitCodes.CheckFailed : ExitCodes.Fine;
    }

    /// <summary>Writes the files of the providers that change, once it is certain that the folder will load with them.</summary>
    /// <returns>The providers written.</returns>
    private static string[] Write(string folder, IReadOnlyList<PricedModel> models)
    {
        var files = models.GroupBy(m => m.Key.Provider).ToArray();
        _ = CatalogFolder.Read(Directory.Exists(folder) ? folder : null, null, [.. files.Select(f => (Path.Combine(folder, f.Key + ".json"), PriceFileWriter.Write(f.Key, f)))]);
        foreach (var file in files) CatalogFolder.Write(folder, file.Key, file);
        return [.. files.Select(f => f.Key)];
    }
}
