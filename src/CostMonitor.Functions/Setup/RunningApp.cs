using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Functions.AlertQueue;
using CostMonitor.Functions.BatchQueue;
using CostMonitor.Functions.Budgets;
using CostMonitor.Functions.MaintenanceTimer;
using CostMonitor.Functions.Telemetry;
using CostMonitor.Providers.Calling;
using CostMonitor.Storage;
using CostMonitor.Storage.Queues;
using CostMonitor.Storage.Records;

namespace CostMonitor.Functions.Setup;

/// <summary>What the functions work with, made once a process.</summary>
internal sealed record RunningApp
{
    public required AppSettings Settings { get; init; }

    public required TimeProvider Time { get; init; }

    public required StorageAccount Account { get; init; }

    public required RunTable Runs { get; init; }

    public required BatchTable Batches { get; init; }

    /// <summary>The queue of chunks, <c>prompt-batches</c>.</summary>
    public required QueueClient Queue { get; init; }

    /// <summary>The answers that all processes share; the models' cache reads and writes it.</summary>
    public required AnswerTable Answers { get; init; }

    public required ModelClients Models { get; init; }

    public required PriceSource Prices { get; init; }

    public required BudgetBook Budgets { get; init; }

    public required BreakerWatch Breakers { get; init; }

    /// <summary>This process's part of the budgets' books; the models' calls are admitted by it.</summary>
    public required BudgetLedger Ledger { get; init; }

    public required LedgerTable LedgerTable { get; init; }

    public required LedgerWatch LedgerWatch { get; init; }

    /// <summary>Whatever has to be told is raised here; it comes to the sinks once.</summary>
    public required AppAlerts Alerts { get; init; }

    /// <summary>The calls without a price that maintenance saw last.</summary>
    public LastUnpriced Unpriced { get; init; } = new();

    /// <summary>Tells of what happens.</summary>
    public required MonitorReports Reports { get; init; }

    /// <summary>Tells how things stand.</summary>
    public required StateReports States { get; init; }

    /// <summary>The rules in force, those that are switched off among them.</summary>
    public required IReadOnlyList<AlertRule> AlertRules { get; init; }

    public required RuleStateTable RuleStates { get; init; }

    /// <summary>Evaluates the rules; null while there is no outbox to tell of them through.</summary>
    public required RuleWatch Rules { get; init; }

    /// <summary>Runs chunks of prompt batches; all of a process share its calls in flight.</summary>
    public required ChunkRunner BatchChunks { get; init; }

    /// <summary>Runs canaries, one call at a time: nothing of ours may stand in the way of a measured call.</summary>
    public required ChunkRunner CanaryChunks { get; init; }

    /// <summary>The canary's plan, read anew: it may be edited between two slots.</summary>
    /// <exception cref="Core.Input.InputException">All faults of the plan and its prompt set.</exception>
    public RunPlan CanaryPlan() => PlanFolder.ReadCanary(Settings, Models);

    /// <summary>Compiles the calling path and opens connections, so that a first measured call is not a slow one.</summary>
    public Task WarmAsync(IEnumerable<ModelKey> models, CancellationToken cancellationToken) => Models.WarmAsync(models, cancellationToken);
}
