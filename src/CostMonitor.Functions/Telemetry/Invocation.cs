namespace CostMonitor.Functions.Telemetry;

/// <summary>Names the invocation that is running, as the host does in its own telemetry.</summary>
internal static class Invocation
{
    private const string Header = "X-Azure-Functions-InvocationId";

    /// <returns>Null outside of any, and where the header holds no GUID: whoever reaches the port can write it.</returns>
    public static string? Of(HttpContext? context) =>
        context?.Request.Headers[Header].ToString() is { Length: > 0 } id && Guid.TryParse(id, out var guid) ? guid.ToString() : null;
}
