using System.Collections.Frozen;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Calling.Caching;
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

    /// <summary>Gives the levers in force.</summary>
    public Func<CallLevers> Levers { get; init; } = static () => CallLevers.None;

    /// <summary>Reserves money before each paid call; null where no budget is kept.</summary>
    public BudgetLedger? Ledger { get; init; }

    /// <summary>What is known at the start of the deployments' health; a deployment that it does not name begins as healthy.</summary>
    public IReadOnlyDictionary<ModelKey, BreakerStatus> KnownBreakers { get; init; } = FrozenDictionary<ModelKey, BreakerStatus>.Empty;

    /// <inheritdoc cref="CircuitBreaker(ModelKey, BreakerSettings, TimeProvider, Action{BreakerChange}?)" path="/param[@name='onChange']"/>
    public Action<BreakerChange>? OnBreaker { get; init; }

    /// <summary>Takes one line for each logical call; null for none.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>The answers that all processes share; null for this process's memory alone.</summary>
    public IAnswerStore? SharedAnswers { get; init; }

    /// <summary>Told of a failure of <see cref="SharedAnswers"/>, at most once a minute; null to let it pass.</summary>
    public Action<Exception>? OnSharedAnswersFailed { get; init; }
}
