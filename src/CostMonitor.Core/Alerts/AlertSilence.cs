namespace CostMonitor.Core.Alerts;

/// <summary>Keeps alerts from the sinks for a time. They are still raised and shown.</summary>
public sealed record AlertSilence
{
    public required string Id { get; init; }

    /// <summary>Of the alerts that it covers; null for any.</summary>
    public string? Scope { get; init; }

    /// <summary>Of the alerts that it covers; null for any.</summary>
    public string? Rule { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>From when on alerts are delivered again.</summary>
    public required DateTimeOffset Until { get; init; }

    public required string Reason { get; init; }

    public bool Covers(AlertKey key, DateTimeOffset now) => now < Until && (Scope is null || Scope == key.Scope) && (Rule is null || Rule == key.Rule);
}
