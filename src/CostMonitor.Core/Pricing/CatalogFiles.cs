using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing;

/// <summary>Puts a catalog together: files of one's own instead of the built-in ones of the same provider, and discounts over both.</summary>
public static class CatalogFiles
{
    /// <param name="own">Price files; each stands in for the built-in file of its provider.</param>
    /// <param name="overlay">A file of discounts; null for none.</param>
    /// <exception cref="InputException">All faults of all files.</exception>
    public static PriceCatalog Compose(IReadOnlyList<(string File, string Json)> own, (string File, string Json)? overlay)
    {
        var providers = own.Select(f => ProviderOf(f.Json)).ToHashSet();
        var catalog = PriceFile.ParseAll(PriceCatalog.BuiltInFiles().Where(f => !providers.Contains(ProviderOf(f.Json))).Concat(own));
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
