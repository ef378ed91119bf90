using System.Text.Json;

namespace CostMonitor.Core.Usage.Payloads;

/// <summary>Finds the object with the figures inside a body or an event.</summary>
internal static class UsageObject
{
    private static readonly string[][] Places =
    [
        ["usage"], ["usageMetadata"], ["response", "usage"], ["message", "usage"], ["metadata", "usage"], ["x_groq", "usage"], ["meta"],
    ];

    /// <returns>The payload itself when it is not wrapped; an undefined element when it says that there is no usage.</returns>
    public static JsonElement In(JsonElement payload)
    {
        foreach (var place in Places)
        {
            var found = place.Aggregate(payload, UsageField.Find);
            if (found.ValueKind == JsonValueKind.Object) return found;
        }

        return UsageField.Find(payload, "usage").ValueKind == JsonValueKind.Null ? default : payload;
    }
}
