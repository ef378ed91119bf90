using System.Text.Json;

namespace CostMonitor.Functions.Host;

/// <summary>A timer's firing as the Functions host hands it over.</summary>
/// <param name="Fired">When the host fired it.</param>
/// <param name="IsPastDue">True on the run after a start that catches up with a missed one.</param>
internal sealed record TimerTrigger(DateTimeOffset Fired, bool IsPastDue)
{
    /// <exception cref="TriggerException">The body is no timer payload.</exception>
    public static async Task<TimerTrigger> ReadAsync(HttpRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        using var body = await TriggerBody.ReadAsync(request, cancellationToken);
        var data = TriggerBody.Data(body);
        var isPastDue = data.ValueKind == JsonValueKind.Object && data.TryGetProperty(nameof(IsPastDue), out var due) && due.ValueKind == JsonValueKind.True;
        var fired = TriggerBody.Metadata(body, "sys") is { ValueKind: JsonValueKind.Object } sys
            && sys.TryGetProperty("UtcNow", out var now) && now.ValueKind == JsonValueKind.String && now.TryGetDateTimeOffset(out var instant)
            ? instant : time.GetUtcNow();
        return new TimerTrigger(fired, isPastDue);
    }
}
