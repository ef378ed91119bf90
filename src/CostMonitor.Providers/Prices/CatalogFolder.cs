using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Providers.Prices;

/// <summary>A folder of price files, one JSON file a provider, each instead of the built-in one.</summary>
public static class CatalogFolder
{
    /// <summary>The catalog in force.</summary>
    /// <param name="folder">The folder; null for the built-in files alone.</param>
    /// <param name="overlay">A file of discounts; null for none.</param>
    /// <exception cref="InputException">A file cannot be read, or all faults of all files.</exception>
    public static PriceCatalog Read(string? folder, string? overlay) => Read(folder, overlay, []);

    /// <summary>The catalog in force, with further files that go before those of the folder.</summary>
    /// <exception cref="InputException">A file cannot be read, or all faults of all files.</exception>
    public static PriceCatalog Read(string? folder, string? overlay, IReadOnlyList<(string File, string Json)> further) =>
        folder is null && overlay is null && further.Count == 0
            ? PriceCatalog.BuiltIn
            : CatalogFiles.Compose([folder is null ? [] : Files(folder), further], overlay is null ? null : File(overlay));

    /// <summary>Writes the file of a provider, whole or not at all.</summary>
    public static void Write(string folder, string provider, IEnumerable<PricedModel> models)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, provider + ".json");
        var fresh = path + ".new";
        System.IO.File.WriteAllText(fresh, PriceFileWriter.Write(provider, models));
        System.IO.File.Move(fresh, path, overwrite: true);
    }

    private static List<(string File, string Json)> Files(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(File)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(folder, "", $"The folder of prices cannot be read: {e.Message}");
        }
    }

    private static (string File, string Json) File(string path)
    {
        try
        {
            return (path, System.IO.File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "", $"The file cannot be read: {e.Message}");
        }
    }
}
