using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing;

/// <summary>Puts a catalog together: files of one's own instead of the built-in ones of the same provider, and discounts over both.</summary>
public static class CatalogFiles
{
    /// <param name="layers">Price files; each stands in for that of its provider in an earlier layer, the first for the built-in one.</param>
    /// <param name="overlay">A file of discounts; null for none.</param>
    /// <exception cref="InputException">All faults of all files.</exception>
    public static PriceCatalog Compose(IReadOnlyList<IReadOnlyList<(string File, string Json)>> layers, (string File, string Json)? overlay)
    {
        var files = layers.Aggregate(PriceCatalog.BuiltInFiles(), (below, layer) =>
        {
            var providers = layer.Select(f => ProviderOf(f.Json)).ToHashSet();
            return below.Where(f => !providers.Contains(ProviderOf(f.Json))).Concat(layer);
        });
        var catalog = PriceFile.ParseAll(files);
        return overlay is { } discounts ? PriceOverlay.Parse(discounts.File, discounts.Json).Over(catalog) : catalog;
    }

    /// <summary>The provider that a price file is for; null when that cannot be read, which parsing it will say.</summary>
    private static string? ProviderOf(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.TryGetProperty("provider", out var provider) ? provider.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
