using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;

namespace CostMonitor.LedgerWorker;

/// <summary>What one worker process does.</summary>
public sealed record WorkerPlan
{
    public required string ConnectionString { get; init; }

    public required string Worker { get; init; }

    public required string BudgetId { get; init; }

    public required decimal LimitUsd { get; init; }

    public bool CountsUnconfirmed { get; init; }

    /// <summary>Calls at once.</summary>
    public int Parallel { get; init; } = 25;

    /// <summary>Calls of each of them, one after the other.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Of worst cases, costs and durations.</summary>
    public int Seed { get; init; }

    public decimal LeastUsd { get; init; } = 0.05m;

    public decimal MostUsd { get; init; } = 0.08m;

    /// <summary>Of the worst case, what a call costs at least: 1 for calls that cost what was reserved.</summary>
    public decimal LeastShare { get; init; } = 1;

    public int LeastMs { get; init; } = 100;

    public int MostMs { get; init; } = 1000;

    public int LeaseMs { get; init; } = 45_000;

    public int SkewMs { get; init; } = 5_000;

    public Budget Budget() => new()
    {
        Id = BudgetId, Scope = new BudgetScope(BudgetDimension.All), Period = BudgetPeriod.Month, Limit = new Usd(LimitUsd), CountsUnconfirmed = CountsUnconfirmed,
    };

    public LedgerOptions Options() => new() { Worker = Worker, Lease = TimeSpan.FromMilliseconds(LeaseMs), Skew = TimeSpan.FromMilliseconds(SkewMs) };
}
