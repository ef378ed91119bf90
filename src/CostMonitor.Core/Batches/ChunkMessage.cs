using System.Globalization;
using CostMonitor.Core.Input;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Batches;

/// <summary>The queue message that has one chunk of a batch run.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Chunk">The chunk's index.</param>
public sealed record ChunkMessage(BatchId Batch, int Chunk)
{
    /// <summary>Its JSON. None of its names is one of the host's own metadata.</summary>
    public string ToJson() => string.Create(CultureInfo.InvariantCulture, $$"""{"batch":"{{Batch}}","chunk":{{Chunk}}}""");

    /// <exception cref="InputException">The text is no such message.</exception>
    public static ChunkMessage Parse(string json) => InputFaults.ReadJson(json, "queue message", root =>
    {
        root.AllowOnly("batch", "chunk");
        var batch = root.RequiredText("batch", "a batch id");
        if (batch.Length > 0 && !BatchId.IsValid(batch)) root.Property("batch")?.Fault($"'{batch}' is no batch id.");
        root.Required("chunk", "the chunk's index");
        var chunk = root.OptionalInteger("chunk", 0, int.MaxValue);
        return BatchId.IsValid(batch) && chunk is { } index ? new ChunkMessage(new BatchId(batch), (int)index) : null;
    });

    /// <summary>The batch that a faulty message names, if so much of it can be read.</summary>
    public static BatchId? BatchNamedBy(string text) =>
        new InputFaults().TryReadJson(text, "queue message", root =>
            root is { IsObject: true } && root.Property("batch") is { IsString: true } node && BatchId.IsValid(node.Element.GetString() ?? "")
                ? node.Element.GetString()
                : null) is { } name ? new BatchId(name) : null;
}
