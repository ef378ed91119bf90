using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What a worker writes to one account.</summary>
internal readonly record struct LedgerCommit
{
    public required string Worker { get; init; }

    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What its calls cost since its last write.</summary>
    public LedgerSpend Spend { get; init; }

    /// <summary>What it holds from now on, whatever it held before; zero ends its hold.</summary>
    public Usd Hold { get; init; }

    public Usd Exposure { get; init; }

    public DateTimeOffset Began { get; init; }

    public DateTimeOffset Expires { get; init; }

    public bool IsDirect { get; init; }

    /// <summary>Whether it had to refuse a call for want of money.</summary>
    public bool IsExhausted { get; init; }
}
