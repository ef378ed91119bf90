using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using CostMonitor.Cli.Files;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Import;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices import</c>: shows what a file of prices would change, and changes it when told to.</summary>
internal static class PricesImportCommand
{
    public static Command Create()
    {
        var kind = new Argument<PriceSourceKind>("kind") { Description = $"What the file is: {EnumNames.All<PriceSourceKind>()}.", CustomParser = ReadKind };
        var file = new Argument<string>("file") { Description = "LiteLLM's model_prices_and_context_window.json, or data.json or data_slim.json of genai-prices." };
        var providers = new Option<string[]>("--provider") { Description = "Only this provider, by the catalog's name, as in azure-openai; may be repeated." };
        var from = new Option<DateOnly?>("--effective-from") { Description = "The first day (UTC) of prices for which the file states none, as 2026-11-21; today if not given.", CustomParser = OfferOptions.ReadDay };
        var source = new Option<string?>("--source") { Description = "The file's commit or date, for the source of the rows." };
        var update = new CatalogUpdate();
        var command = new Command("import", "Imports prices from a file of LiteLLM or genai-prices.") { kind, file, providers, from, source };
        update.AddTo(command);
        command.SetAction(parsed =>
        {
            var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            var day = parsed.GetValue(from) ?? today;
            var imported = Read(parsed.GetValue(kind), parsed.GetValue(file) ?? "", parsed.GetValue(source), day, today);
            return update.Run(parsed, Only(imported, parsed.GetValue(providers) ?? []), day);
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

    private static PriceSourceKind ReadKind(ArgumentResult result)
    {
        if (EnumNames.TryParse(result.Tokens[0].Value, out PriceSourceKind kind)) return kind;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"Expected one of {EnumNames.All<PriceSourceKind>()}, got '{result.Tokens[0].Value}'."));
        return default;
    }
}
