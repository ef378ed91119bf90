using System.Net;
using System.Text.Json;

namespace CostMonitor.Cli.StandIn;

/// <summary>Judges what the app answered to a timer or queue invocation, as the host does.</summary>
internal static class InvocationAnswer
{
    private static readonly string[] JsonTypes = ["application/json", "text/json"];

    /// <summary>Judges one answer.</summary>
    /// <param name="status">The status; anything but 2xx fails and its body is ignored.</param>
    /// <param name="mediaType">The content type without parameters; null where the answer has none.</param>
    /// <param name="body">The whole body.</param>
    public static InvocationOutcome Judge(HttpStatusCode status, string? mediaType, ReadOnlySpan<byte> body)
    {
        if ((int)status is < 200 or > 299) return Failed($"the app answered {(int)status}; the host wants 2xx");
        if (body.IsEmpty) return Hangs($"the app answered {(int)status} with an empty body");
        if (!JsonTypes.Contains(mediaType, StringComparer.OrdinalIgnoreCase))
            return Failed($"the app answered with the content type {mediaType ?? "(none)"}; the host wants application/json");
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return Judge(document.RootElement);
        }
        catch (JsonException e)
        {
            return Failed($"the app's answer is not valid JSON: {e.Message}");
        }
    }

    private static InvocationOutcome Judge(JsonElement answer)
    {
        if (answer.ValueKind == JsonValueKind.Null) return Hangs("the app answered null");
        if (answer.ValueKind != JsonValueKind.Object) return Failed($"the app answered a JSON {answer.ValueKind}; the host wants an object");
        var logs = answer.EnumerateObject().FirstOrDefault(p => p.Name.Equals("Logs", StringComparison.OrdinalIgnoreCase)).Value;
        if (logs.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return new InvocationOutcome.Succeeded([]);
        return logs.ValueKind == JsonValueKind.Array && logs.EnumerateArray().All(line => line.ValueKind == JsonValueKind.String)
            ? new InvocationOutcome.Succeeded([.. logs.EnumerateArray().Select(line => line.GetString() ?? "")])
            : Failed("Logs in the app's answer is not an array of strings");
    }

    // The host would wait until functionTimeout and then kill the app; the stand-in says so at once.
    private static InvocationOutcome.Failed Hangs(string what) =>
        Failed($"{what}; the host would wait for a JSON object until functionTimeout and then kill the app: answer at least {{}}");

    private static InvocationOutcome.Failed Failed(string reason) => new(reason);
}
