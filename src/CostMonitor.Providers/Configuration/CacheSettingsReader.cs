using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Input;

namespace CostMonitor.Providers.Configuration;

/// <summary>Reads <c>cache</c> of models.json: which answers are kept and for how long.</summary>
internal static class CacheSettingsReader
{
    private const int SecondsOf30Days = 30 * 24 * 60 * 60;

    /// <param name="node">Null when the file says nothing.</param>
    public static CacheSettings Read(InputNode? node)
    {
        var usual = CacheSettings.Default;
        if (node is not { } cache) return usual;
        cache.AllowOnly("enabled", "ttlSeconds", "entries", "megabytes", "nearMatch");
        return new CacheSettings
        {
            IsEnabled = cache.Flag("enabled", usual.IsEnabled),
            TimeToLive = cache.OptionalNumber("ttlSeconds", 1, SecondsOf30Days) is { } seconds ? TimeSpan.FromSeconds(seconds) : usual.TimeToLive,
            Entries = (int)(cache.OptionalInteger("entries", 1, 1_000_000) ?? usual.Entries),
            Bytes = cache.OptionalInteger("megabytes", 1, 4096) is { } megabytes ? megabytes << 20 : usual.Bytes,
            UsesNearMatch = cache.Flag("nearMatch", usual.UsesNearMatch),
        };
    }
}
