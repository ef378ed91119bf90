using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Providers.Chain;

/// <summary>What a calling chain works with beyond its models: the same for all models of a process.</summary>
public sealed record ChainParts
{
    /// <summary>Nothing shared, nothing logged, prices as built in: what a test or a small tool needs.</summary>
    public static ChainParts Alone { get; } = new();

    /// <summary>Gives the catalog in force.</summary>
    public Func<PriceCatalog> Prices { get; init; } = static () => PriceCatalog.BuiltIn;

    /// <summary>The answers that all processes share; null for this process's memory alone.</summary>
    public IAnswerStore? SharedAnswers { get; init; }

    /// <summary>Told of a failure of <see cref="SharedAnswers"/>, at most once a minute; null to let it pass.</summary>
    public Action<Exception>? OnSharedAnswersFailed { get; init; }
}
