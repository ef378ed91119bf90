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

    public IReadOnlyList<LedgerKey> Ledgers => field ??= [.. Pools.Select(static p => p.Key)];

    public string Worker => _ledger.Worker;

    internal ChargeRequest Request { get; }

    internal LedgerPool[] Pools { get; }

    /// <summary>What is held in each pool.</summary>
    internal Usd[] Amounts { get; }

    internal Usd[] Exposures { get; }

    /// <summary>The most that the call can cost, with what was added for further attempts.</summary>
    internal Usd? Worst { get; set; }

    public void Settle(Usd cost)
    {
        if (Interlocked.Exchange(ref _isSettled, 1) == 0) _ledger.Settle(this, cost);
    }

    public void SettleUnknown()
    {
        if (Interlocked.Exchange(ref _isSettled, 1) == 0) _ledger.Settle(this, null);
    }

    /// <summary>Reserves more, for another attempt after one that may be billed. What was reserved stays so whatever the answer is.</summary>
    public ValueTask<ChargeAnswer> ExtendAsync(Usd more, TimeSpan patience, CancellationToken cancellationToken) => _ledger.ExtendAsync(this, more, patience, cancellationToken);
}
