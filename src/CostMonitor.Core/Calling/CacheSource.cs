namespace CostMonitor.Core.Calling;

/// <summary>Where an answer that was not paid for came from.</summary>
public enum CacheSource
{
    /// <summary>This process's memory.</summary>
    Memory,

    /// <summary>The cache that all instances share.</summary>
    Shared,

    /// <summary>An equal call that was under way: one was paid, all got its answer.</summary>
    InFlight,

    /// <summary>The result of an earlier call with the same idempotency key.</summary>
    Idempotency,
}
