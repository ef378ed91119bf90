namespace CostMonitor.Core.Pricing;

/// <summary>What a call cost, or why that is not known.</summary>
public readonly record struct CallCost
{
    private readonly string? _unpricedReason;

    private CallCost(Usd? amount, string? label, string? unpricedReason) =>
        (Amount, Label, _unpricedReason) = (amount, label, unpricedReason);

    /// <summary>The cost; null means unknown, never free.</summary>
    public Usd? Amount { get; }

    /// <summary>The price list used; null if none was found.</summary>
    public string? Label { get; }

    /// <summary>Why the cost is unknown; null when it is known.</summary>
    public string? UnpricedReason => Amount is null ? _unpricedReason ?? "It was not priced." : null;

    public static CallCost Known(Usd amount, string label) => new(amount, label, null);

    public static CallCost Unknown(string reason, string? label = null) => new(null, label, reason);
}
