using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Cli.Commands;

/// <summary>The limit of <c>costmon bench --budget</c>: a hard budget of one process over all calls of the bench, those of its file included.</summary>
internal sealed class BenchBudget : IRunWriter, IAsyncDisposable
{
    private readonly Usd _limit;
    private readonly Lock _gate = new();
    private IRunWriter? _inner;
    private string? _refusal;
    private int _refused;

    /// <param name="limit">In USD, for the whole file.</param>
    /// <param name="spent">What the runs of the file have cost.</param>
    public BenchBudget(Usd limit, Usd spent)
    {
        _limit = limit;
        Budget[] budgets =
        [
            new()
            {
                Id = "bench",
                Scope = new BudgetScope(BudgetDimension.All),
                Period = BudgetPeriod.Rolling,
                Window = TimeSpan.FromDays(31),
                Limit = limit > spent ? limit - spent : Usd.Zero,
                Thresholds = [new BudgetThreshold(100, BudgetAction.Block)],
            },
        ];
        Ledger = new BudgetLedger(new MemoryLedgerStore(), () => budgets, new LedgerOptions { Worker = "bench" }, TimeProvider.System);
    }

    public BudgetLedger Ledger { get; }

    /// <summary>What was not done, and why; null when all was.</summary>
    public string? Refusal => _refused == 0 ? null : $"{_refused} runs were not made, with a budget of {_limit}: {_refusal} --resume goes on with them.";

    /// <summary>The writer that keeps all runs but the refused ones, which a later bench can still make.</summary>
    public IRunWriter Over(IRunWriter inner)
    {
        _inner = inner;
        return this;
    }

    public Task AddAsync(RunRecord record, CancellationToken cancellationToken)
    {
        if (record.Failure is not { ErrorType: "budget_exhausted" or "budget_unpriced" } refusal) return _inner?.AddAsync(record, cancellationToken) ?? Task.CompletedTask;
        lock (_gate)
        {
            _refused++;
            _refusal ??= refusal.Message;
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => Ledger.DisposeAsync();
}
