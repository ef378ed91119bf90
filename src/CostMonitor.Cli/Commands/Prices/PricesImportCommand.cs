using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CostMonitor.Cli.Files;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Import;
using CostMonitor.Providers.Prices;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices import</c>: shows what a file of prices would change, and changes it when told to.</summary>
internal static class PricesImportCommand
{
    public static Command Create()
    {
        var kind = new Argument<PriceSourceKind>("kind") { Description = $"What the file is: {EnumNames.All<PriceSourceKind>()}.", CustomParser = ReadKind };
        var file = new Argument<string>("file") { Description = "LiteLLM's model_prices_and_context_window.json, or data.json or data_slim.json of genai-prices." };
        var folder = new Option<string>("--catalog") { Description = "The folder of price files to compare with and to write to.", DefaultValueFactory = _ => "prices" };
        var providers = new Option<string[]>("--provider") { Description = "Only this provider, by the catalog's name, as in azure-openai; may be repeated." };
        var from = new Option<DateOnly?>("--effective-from") { Description = "The first day (UTC) of prices for which the file states none, as 2026-11-21; today if not given.", CustomParser = OfferOptions.ReadDay };
        var source = new Option<string?>("--source") { Description = "The file's commit or date, for the source of the rows." };
        var apply = new Option<bool>("--apply") { Description = "Write the changes; without it nothing is written." };
        var confirm = new Option<string[]>("--confirm") { Description = "Apply a quarantined change too: its offer, as the preview writes it; may be repeated." };
        var confirmAll = new Option<bool>("--confirm-all") { Description = "Apply every quarantined change too." };
        var verbose = new Option<bool>("--verbose") { Description = "List each thing that was skipped." };
        var json = new Option<bool>("--json") { Description = "JSON instead of tables." };
        var command = new Command("import", "Imports prices from a file of LiteLLM or genai-prices.") { kind, file, folder, providers, from, source, apply, confirm, confirmAll, verbose, json };
        command.SetAction(parsed =>
        {
            var (path, dir) = (parsed.GetValue(file) ?? "", parsed.GetValue(folder) ?? "prices");
            var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            var day = parsed.GetValue(from) ?? today;
            var imported = Only(Read(parsed.GetValue(kind), path, parsed.GetValue(source), day, today), parsed.GetValue(providers) ?? []);
            var changes = CatalogChanges.Between(CatalogFolder.Read(Directory.Exists(dir) ? dir : null, null), imported, day);
            var confirmed = new Confirmations(changes, parsed.GetValue(confirm) ?? [], parsed.GetValue(confirmAll));
            var written = parsed.GetValue(apply) ? Write(dir, changes.Apply(confirmed.Has)) : null;
            var report = new PriceImportReport(imported, changes, confirmed, written);
            if (parsed.GetValue(json)) Data.Json(report.Write);
            else report.Show(parsed.GetValue(verbose));
            return confirmed.Open.Count > 0 ? ExitCodes.CheckFailed : ExitCodes.Fine;
        });
        return command;
    }

    private static ImportedPrices Read(PriceSourceKind kind, string path, string? version, DateOnly day, DateOnly today)
    {
        var project = kind == PriceSourceKind.Litellm ? LiteLlmPrices.Project : GenAiPrices.Project;
        var citation = $"{project}, {Path.GetFileName(path)}{(version is null ? "" : $", {version}")}";
        var (json, source) = (InputFiles.Text(path), new ImportSource(citation, day, today));
        return kind == PriceSourceKind.Litellm ? LiteLlmPrices.Read(path, json, source) : GenAiPrices.Read(path, json, source);
    }

    private static ImportedPrices Only(ImportedPrices imported, string[] providers)
    {
        if (providers.Length == 0) return imported;
        var known = imported.Models.Select(m => m.Key.Provider).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (Array.Find(providers, p => !known.Contains(p)) is { } unknown)
        {
            throw new InvalidOperationException($"The file has no provider '{unknown}'; it has {string.Join(", ", known)}.");
        }

        return imported.For(providers);
    }

    /// <summary>Writes the files of the providers that change, once it is certain that the folder will load with them.</summary>
    /// <returns>The providers written.</returns>
    private static string[] Write(string folder, IReadOnlyList<PricedModel> models)
    {
        var files = models.GroupBy(m => m.Key.Provider).ToArray();
        _ = CatalogFiles.Compose([[.. files.Select(f => (Path.Combine(folder, f.Key + ".json"), PriceFileWriter.Write(f.Key, f)))]], null);
        foreach (var file in files) CatalogFolder.Write(folder, file.Key, file);
        return [.. files.Select(f => f.Key)];
    }

    private static PriceSourceKind ReadKind(ArgumentResult result)
    {
        if (EnumNames.TryParse(result.Tokens[0].Value, out PriceSourceKind kind)) return kind;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"Expected one of {EnumNames.All<PriceSourceKind>()}, got '{result.Tokens[0].Value}'."));
        return default;
    }
}
