using System.Text.Json;
using System.Text.Json.Nodes;

namespace CostMonitor.Cli.StandIn;

/// <summary>Where the schedule monitor keeps the status of one timer; the host uses a blob.</summary>
internal sealed class ScheduleStatusFile(string path)
{
    /// <summary>The status of the last start; null before the first, or when the file is damaged.</summary>
    public async Task<ScheduleStatus?> ReadAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var node = JsonNode.Parse(await File.ReadAllTextAsync(path, cancellationToken));
            return node?["Last"] is { } last && node["Next"] is { } next && node["LastUpdated"] is { } updated
                ? new(last.GetValue<DateTimeOffset>(), next.GetValue<DateTimeOffset>(), updated.GetValue<DateTimeOffset>())
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    public async Task WriteAsync(ScheduleStatus status, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");
        var json = new JsonObject { ["Last"] = status.Last, ["Next"] = status.Next, ["LastUpdated"] = status.LastUpdated };
        await File.WriteAllTextAsync(path + ".new", json.ToJsonString(), cancellationToken);
        File.Move(path + ".new", path, overwrite: true); // a reader never sees half a file
    }
}
