using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>A call that asks to be paid for.</summary>
public sealed record ChargeRequest
{
    /// <summary>The model or route that the caller named.</summary>
    public required ModelKey Model { get; init; }

    /// <summary>The models that may answer a call of a route; empty for the model itself. Budgets of a provider or a model that cover any of them are asked; the one whose model answered is charged.</summary>
    public IReadOnlyList<ModelKey> Targets { get; init; } = [];

    public CallTags Tags { get; init; } = CallTags.None;

    public CallPriority Priority { get; init; }

    /// <summary>The most that it can cost; null for a model without a price.</summary>
    public required Usd? Worst { get; init; }

    /// <summary>True for a call that leaves no run record.</summary>
    public bool IsDirect { get; init; }

    /// <summary>The longest wait that its own time allows.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.MaxValue;
}
