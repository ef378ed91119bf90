using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Calling.Routing;

/// <summary>How a deployment is doing just now.</summary>
public readonly record struct TargetHealth
{
    private readonly string? _missing;

    public TargetState State { get; init; }

    /// <summary>See <see cref="RecentLatency"/>; null if unknown.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>What this call would cost there; null if unknown.</summary>
    public Usd? Cost { get; init; }

    /// <summary>Why it cannot be called at all; empty if it can.</summary>
    public string Missing { get => _missing ?? ""; init => _missing = value; }
}
