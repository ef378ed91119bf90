using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Alerts.Rules;

/// <summary>What an app says of its own state. Null means that it could not be found out, or that nobody asked.</summary>
public sealed record OperationalFacts
{
    public static OperationalFacts Unknown { get; } = new();

    /// <summary>The configured deployments whose circuit breaker is not closed.</summary>
    public IReadOnlyList<ModelKey>? OpenBreakers { get; init; }

    /// <summary>The calls of the last hour without a price.</summary>
    public UnpricedWatch? Unpriced { get; init; }

    /// <summary>The canary's slots of the last 24 hours that were not run.</summary>
    public IReadOnlyList<DateTimeOffset>? MissedCanarySlots { get; init; }

    public int? UndeliveredAlerts { get; init; }

    /// <summary>Messages of the last 24 hours that could not be used.</summary>
    public int? PoisonMessages { get; init; }

    public int? BudgetsForecastToExceed { get; init; }
}
