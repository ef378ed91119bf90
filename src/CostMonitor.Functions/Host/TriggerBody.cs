using System.Text.Json;

namespace CostMonitor.Functions.Host;

/// <summary>The body of a custom handler's invocation: <c>{"Data":{binding: value},"Metadata":{...}}</c>.</summary>
internal static class TriggerBody
{
    public static async Task<JsonDocument> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonDocument.ParseAsync(request.Body, default, cancellationToken);
        }
        catch (JsonException e)
        {
            throw new TriggerException($"The invocation of {request.Path} is not JSON: {e.Message}");
        }
    }

    /// <summary>The value of the one input binding, whatever its name.</summary>
    public static JsonElement Data(JsonDocument body)
    {
        if (body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("Data", out var data)
            && data.ValueKind == JsonValueKind.Object)
        {
            foreach (var binding in data.EnumerateObject()) return binding.Value;
        }

        throw new TriggerException("The invocation has no Data; expected {\"Data\":{binding: value},\"Metadata\":{}} as the Functions host sends it.");
    }

    public static JsonElement? Metadata(JsonDocument body, string name) =>
        body.RootElement.TryGetProperty("Metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty(name, out var value) ? value : null;
}
