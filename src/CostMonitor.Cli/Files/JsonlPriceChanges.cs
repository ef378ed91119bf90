using System.Globalization;
using System.Text;
using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Repricing;

namespace CostMonitor.Cli.Files;

/// <summary>The audit beside a JSONL file of runs: a line for each state that a change came to, so that nothing in it is ever overwritten.</summary>
/// <remarks>A last line without its end was cut off by a kill: it says nothing, and the next one takes its place.</remarks>
internal sealed class JsonlPriceChanges(string path) : IPriceChangeLog
{
    public async Task WriteAsync(PriceChangeHead head, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) PriceChangeHeadJson.Write(json, head);
        bytes.WriteByte((byte)'\n');
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        file.SetLength(JsonlRunFile.EndOfLastLine(file));
        file.Seek(0, SeekOrigin.End);
        await file.WriteAsync(bytes.ToArray(), cancellationToken);
        file.Flush(flushToDisk: true);
    }

    public async Task<IReadOnlyList<PriceChangeHead>> ListAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) return [];
        var (faults, heads) = (new InputFaults(), new OrderedDictionary<PriceChangeId, PriceChangeHead>());
        var lines = (await File.ReadAllTextAsync(path, Encoding.UTF8, cancellationToken)).Split('\n');
        for (var i = 0; i < lines.Length - 1; i++)
        {
            if (lines[i].Length == 0) continue;
            try
            {
                var head = PriceChangeHeadJson.Read(JsonElement.Parse(lines[i]));
                heads[head.Id] = head;
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                faults.Add(path, string.Create(CultureInfo.InvariantCulture, $"line {i + 1}"), e.Message);
            }
        }

        faults.ThrowIfAny();
        return [.. heads.Values];
    }
}
