using System.Text.Json;

namespace CostMonitor.Core.Calling.Caching;

/// <summary>The figures of a cache as the API gives them.</summary>
public static class CacheFiguresJson
{
    public static void Write(Utf8JsonWriter json, CacheFigures figures)
    {
        json.WriteStartObject();
        json.WriteNumber("spanSeconds", Math.Round((decimal)figures.Span.TotalSeconds, 3));
        json.WriteNumber("lookups", figures.Lookups);
        json.WriteNumber("hits", figures.Hits);
        if (figures.HitRate is { } rate) json.WriteNumber("hitRate", Math.Round(rate, 4));
        else json.WriteNull("hitRate");
        json.WriteNumber("memoryHits", figures.MemoryHits);
        json.WriteNumber("sharedHits", figures.SharedHits);
        json.WriteNumber("inFlightHits", figures.InFlightHits);
        json.WriteNumber("staleHits", figures.StaleHits);
        json.WriteNumber("nearHits", figures.NearHits);
        json.WriteNumber("idempotencyHits", figures.IdempotencyHits);
        json.WriteNumber("savedUsd", figures.Saved.Amount);
        json.WriteNumber("unpricedHits", figures.UnpricedHits);
        json.WriteNumber("notCacheable", figures.NotCacheable);
        json.WriteNumber("storeFailures", figures.StoreFailures);
        json.WriteNumber("entries", figures.Entries);
        json.WriteNumber("bytes", figures.Bytes);
        json.WriteString("remark", figures.Remark);
        json.WriteEndObject();
    }
}
