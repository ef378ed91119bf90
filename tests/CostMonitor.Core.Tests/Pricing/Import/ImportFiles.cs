using System.IO.Compression;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Import;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Pricing.Import;

/// <summary>The whole real files, and what is imported from them.</summary>
internal static class ImportFiles
{
    public const string LiteLlm2025 = "litellm.model_prices.2025-07-05.json";
    public const string LiteLlm2026 = "litellm.model_prices.2026-08-01.json";
    public const string GenAi = "genai-prices.v2.data.json";
    public const string GenAiSlim = "genai-prices.v2.data_slim.json";
    public const string GenAiV1Slim = "genai-prices.v1.data_slim.json";

    public static DateOnly Day2025 { get; } = new(2025, 7, 5);

    public static DateOnly Day2026 { get; } = new(2026, 8, 1);

    public static DateOnly DayGenAi { get; } = new(2026, 8, 21);

    public static DateOnly Day(int year, int month, int day) => new(year, month, day);

    public static string Read(string name)
    {
        using var file = File.OpenRead(Path.Combine(Repository.Root, "tests/CostMonitor.Core.Tests/Pricing/Import/Files", name + ".gz"));
        using var text = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        return text.ReadToEnd();
    }

    public static ImportSource Source(string project, DateOnly day) => new($"{project}, prices.json, {day:yyyy-MM-dd}", day, new DateOnly(2026, 11, 21));

    public static ImportedPrices LiteLlm(string json, DateOnly day) => LiteLlmPrices.Read("litellm.json", json, Source(LiteLlmPrices.Project, day));

    public static ImportedPrices GenAiPricesOf(string json, DateOnly day) => GenAiPrices.Read("data.json", json, Source(GenAiPrices.Project, day));

    /// <summary>The catalog after everything was applied, through files as a folder holds them.</summary>
    public static PriceCatalog Apply(PriceCatalog catalog, ImportedPrices imported, DateOnly day)
    {
        var written = CatalogChanges.Between(catalog, imported, day).Apply(_ => true).ToLookup(m => m.Key.Provider);
        var kept = catalog.Models.Where(m => !written.Contains(m.Key.Provider)).ToLookup(m => m.Key.Provider);
        return PriceFile.ParseAll(written.Concat(kept).Select(p => (p.Key + ".json", PriceFileWriter.Write(p.Key, p))));
    }
}
