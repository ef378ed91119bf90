using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Tests.Runs;

/// <summary>A charge of worker w-1 that notes each time it is settled, among whatever else is noted there.</summary>
internal sealed class NotedCharge(List<string> notes, IReadOnlyList<LedgerKey>? ledgers = null) : ICallCharge
{
    public IReadOnlyList<LedgerKey> Ledgers { get; } = ledgers ?? [];

    public string Worker => "w-1";

    public void Settle(Usd cost) => Note($"settled {cost.ToExactString()}");

    public void SettleUnknown() => Note("settled as unknown");

    private void Note(string note)
    {
        lock (notes) notes.Add(note);
    }
}
