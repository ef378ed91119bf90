using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What an account says that runs have cost, beside what their records say.</summary>
/// <param name="Key">The account.</param>
/// <param name="Settled">By the account, without calls that have no record.</param>
/// <param name="Recorded">By the records, as they were recorded.</param>
/// <param name="Runs">Records that are charged to the account.</param>
/// <param name="Open">What workers hold or may have spent.</param>
/// <param name="Recent">Of the records, what was written so recently that it may not be settled yet.</param>
public sealed record LedgerDifference(LedgerKey Key, Usd Settled, Usd Recorded, int Runs, Usd Open, Usd Recent)
{
    /// <summary>Records beyond what is settled; negative when more is settled than there are records.</summary>
    public Usd Difference => Recorded - Settled;

    /// <summary>Whether it cannot be explained by calls that are still being settled.</summary>
    public bool IsWrong => Difference < Usd.Zero || Difference > Open + Recent;
}
