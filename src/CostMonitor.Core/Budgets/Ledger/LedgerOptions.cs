namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>How a process keeps its part of the books.</summary>
public sealed record LedgerOptions
{
    /// <summary>Names the process: 1 to 40 letters, digits or dashes; no two alive may have the same.</summary>
    public required string Worker { get; init; }

    /// <summary>How long a hold outlives its last renewal: 45 seconds if not set. With a minute until maintenance looks, a dead worker's holds are free within 120 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How often it looks what is to be written: half a second if not set. Spend that its hold covers waits for four such looks at most.</summary>
    public TimeSpan Flush { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a call waits for other calls to settle, when it would fit once they have: 5 seconds if not set.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How far the clocks of two machines may differ: 5 seconds if not set.</summary>
    public TimeSpan Skew { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The share of the free money that all workers together may hold for calls to come: 0 to 0.05; 0.05 if not set. What is held so is given back within about a second when no call comes.</summary>
    public decimal Slack { get; init; } = 0.05m;
}
