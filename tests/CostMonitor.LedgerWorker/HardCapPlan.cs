namespace CostMonitor.LedgerWorker;

/// <summary>Several processes against one limit, some of them killed.</summary>
public sealed record HardCapPlan
{
    public required WorkerPlan Worker { get; init; }

    public int Processes { get; init; } = 8;

    /// <summary>How many are killed, each as soon as it has paid so many calls, 1 to 10, as the seed says.</summary>
    public int Killed { get; init; }

    public int Seed { get; init; }

    /// <summary>How often somebody looks for the holds of the dead.</summary>
    public TimeSpan ReapEvery { get; init; } = TimeSpan.FromSeconds(1);
}
