namespace CostMonitor.Providers.Chain;

/// <summary>What came of a logical call.</summary>
internal enum CallOutcome
{
    /// <summary>A provider answered.</summary>
    Ok,

    /// <summary>An answer came without asking a provider for it.</summary>
    Cached,

    /// <summary>A provider answered, but not what the caller's contract demands.</summary>
    Invalid,

    Failed,

    /// <summary>The chain did not let it pass.</summary>
    Refused,

    /// <summary>Its caller left before the end.</summary>
    Abandoned,
}
