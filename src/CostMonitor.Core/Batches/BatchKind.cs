namespace CostMonitor.Core.Batches;

/// <summary>Who asked for a batch.</summary>
public enum BatchKind
{
    /// <summary>A person or a program; its chunks run through the queue.</summary>
    Prompts,

    /// <summary>A timer; its one chunk runs a plan in its seeded order.</summary>
    Canary,
}
