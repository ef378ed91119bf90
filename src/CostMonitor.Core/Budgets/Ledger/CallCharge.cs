using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What a <see cref="BudgetLedger"/> has reserved for one call.</summary>
public sealed class CallCharge : ICallCharge
{
    private readonly BudgetLedger _ledger;
    private int _isSettled;

    internal CallCharge(BudgetLedger ledger, ChargeRequest request, LedgerPool[] pools)
    {
        (_ledger, Request, Pools) = (ledger, request, pools);
        (Amounts, Exposures) = (new Usd[pools.Length], new Usd[pools.Length]);
        Worst = request.Worst;
    }

    public IReadOnlyList<LedgerKey> Ledgers => field ??= [.. Pools.Where(IsChargedTo).Select(static p => p.Key)];

    public string Worker => _ledger.Worker;

    public ChargeRequest Request { get; }

    internal LedgerPool[] Pools { get; }

    /// <summary>What is held in each pool.</summary>
    internal Usd[] Amounts { get; }

    internal Usd[] Exposures { get; }

    /// <summary>How often something was granted for it: once, and once more for each extension.</summary>
    internal int Grants { get; set; }

    /// <summary>The most that the call can cost, with what was added for further attempts.</summary>
    internal Usd? Worst { get; set; }

    private ModelKey? AnsweredBy { get; set; }

    /// <summary>Says which of the models that could have answered did: budgets of the others are not charged. Before <see cref="Ledgers"/> is asked for.</summary>
    public void Narrow(ModelKey answeredBy) => AnsweredBy = answeredBy;

    public void Settle(Usd cost)
    {
        if (Interlocked.Exchange(ref _isSettled, 1) == 0) _ledger.Settle(this, cost);
    }

    public void SettleUnknown()
    {
        if (Interlocked.Exchange(ref _isSettled, 1) == 0) _ledger.Settle(this, null);
    }

    internal bool IsChargedTo(LedgerPool pool) =>
        Request.Targets.Count == 0 || AnsweredBy is not { } model
        || pool.Budget.Scope.Dimension is not (BudgetDimension.Model or BudgetDimension.Provider)
        || pool.Budget.Scope.ValueOf(model, Request.Tags) == pool.Key.Value
        || (pool.Budget.Scope.Value is not null && pool.Budget.Scope.ValueOf(model, Request.Tags) is not null);

    /// <summary>Reserves more, for another attempt after one that may be billed. What was reserved stays so whatever the answer is.</summary>
    public ValueTask<ChargeAnswer> ExtendAsync(Usd more, TimeSpan patience, CancellationToken cancellationToken) => _ledger.ExtendAsync(this, more, patience, cancellationToken);
}
