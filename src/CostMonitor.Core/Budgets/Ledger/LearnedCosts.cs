using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What the latest calls of each model have cost in this process.</summary>
internal sealed class LearnedCosts
{
    private const int Kept = 200;
    private const int Least = 20;

    private readonly Dictionary<ModelKey, (decimal[] Costs, int Count)> _models = [];

    public void Note(ModelKey model, Usd cost)
    {
        if (!_models.TryGetValue(model, out var known)) known = (new decimal[Kept], 0);
        known.Costs[known.Count % Kept] = cost.Amount;
        _models[model] = (known.Costs, known.Count + 1);
    }

    /// <summary>What 95 of 100 of the latest calls have cost at most; null below twenty of them.</summary>
    public Usd? NinetyFifth(ModelKey model)
    {
        if (!_models.TryGetValue(model, out var known) || known.Count < Least) return null;
        var costs = known.Costs.AsSpan(0, Math.Min(known.Count, Kept)).ToArray();
        Array.Sort(costs);
        return new Usd(costs[(int)Math.Ceiling(0.95 * costs.Length) - 1]);
    }
}
