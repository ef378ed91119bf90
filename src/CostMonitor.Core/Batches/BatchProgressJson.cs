using System.Text.Json;

namespace CostMonitor.Core.Batches;

/// <summary>The one JSON form of a batch's progress.</summary>
public static class BatchProgressJson
{
    public static void Write(Utf8JsonWriter json, BatchProgress progress)
    {
        json.WriteStartObject();
        json.WriteString("batch", progress.Id.ToString());
        json.WriteString("kind", progress.Kind.ToString().ToLowerInvariant());
        json.WriteString("state", progress.State.ToString().ToLowerInvariant());
        json.WriteString("submitted", progress.Submitted.UtcDateTime);
        json.WriteNumber("runs", progress.Runs);
        json.WriteNumber("recorded", progress.Recorded);
        json.WriteNumber("succeeded", progress.Succeeded);
        json.WriteNumber("failed", progress.Failed);
        json.WriteNumber("costUsd", progress.Cost.Amount);
        json.WriteBoolean("costIsLeast", progress.Unpriced > 0);
        json.WriteNumber("unpriced", progress.Unpriced);
        json.WriteNumber("chunks", progress.Chunks);
        json.WriteNumber("chunksDone", progress.ChunksDone);
        json.WriteNumber("takeovers", progress.Takeovers);
        json.WriteNumber("poisoned", progress.Poisoned);
        json.WriteEndObject();
    }
}
