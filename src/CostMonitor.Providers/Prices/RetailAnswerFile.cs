using System.Text.Json;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Azure;

namespace CostMonitor.Providers.Prices;

/// <summary>Keeps the last good answer of the Retail Prices API as a file: its items as they came, and when they were read.</summary>
public static class RetailAnswerFile
{
    /// <summary>Writes the file, whole or not at all.</summary>
    public static void Write(string path, RetailAnswer answer)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        var fresh = path + ".new";
        using (var stream = File.Create(fresh))
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("address", answer.Address.ToString());
            json.WriteString("filter", answer.Filter);
            json.WriteString("readAt", answer.ReadAt);
            json.WriteStartArray("Items");
            foreach (var item in answer.Pages.SelectMany(p => p.EnumerateArray())) item.WriteTo(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        File.Move(fresh, path, overwrite: true);
    }

    /// <returns>Null if there is no file, or one of another address or filter, or one that cannot be read: the next good answer replaces it.</returns>
    public static RetailAnswer? Find(string path, Uri address, string filter)
    {
        if (!File.Exists(path)) return null;
        try
        {
            var text = File.ReadAllText(path);
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.GetProperty("address").GetString() != address.ToString() || root.GetProperty("filter").GetString() != filter) return null;
            var page = RetailPage.Read(text, path);
            return new RetailAnswer(address, filter, root.GetProperty("readAt").GetDateTimeOffset(), page.Meters, [page.Items]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or InputException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
