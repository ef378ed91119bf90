using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets;

/// <summary>How a throttled budget spends less. It never touches critical calls.</summary>
public sealed record Throttling
{
    public static Throttling Usual { get; } = new();

    /// <summary>The share of the calls that is still let through: above 0, at most 1 (none is held back); 0.5 if not set. A batch's call waits, an app's call is refused with a time to come again.</summary>
    public double Share { get; init; } = 0.5;

    /// <summary>Models that are asked instead, by the one that the call names; such a call is not held back.</summary>
    public IReadOnlyDictionary<ModelKey, ModelKey> Cheaper { get; init; } = new Dictionary<ModelKey, ModelKey>();

    /// <summary>The most output tokens of a call; null leaves each its own limit.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>How many times as long cached answers are used: 1 to 1,000; 1 if not set.</summary>
    public double CacheTtlFactor { get; init; } = 1;
}
