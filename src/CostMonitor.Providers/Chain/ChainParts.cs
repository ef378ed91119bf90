using CostMonitor.Core.Pricing;
using Microsoft.Extensions.Logging;

namespace CostMonitor.Providers.Chain;

/// <summary>What a calling chain works with beyond its models: the same for all models of a process.</summary>
public sealed record ChainParts
{
    /// <summary>Nothing shared, nothing logged, prices as built in: what a test or a small tool needs.</summary>
    public static ChainParts Alone { get; } = new();

    /// <summary>Gives the catalog in force.</summary>
    public Func<PriceCatalog> Prices { get; init; } = static () => PriceCatalog.BuiltIn;

    /// <summary>Takes one line for each logical call; null for none.</summary>
    public ILogger? Logger { get; init; }
}
