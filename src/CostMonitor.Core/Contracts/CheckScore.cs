namespace CostMonitor.Core.Contracts;

/// <summary>Sums up the checks of one answer.</summary>
public static class CheckScore
{
    /// <summary>The share of gating checks that passed, 0 to 1 (M080); null if there is none.</summary>
    public static double? Of(IReadOnlyList<CheckResult> checks)
    {
        var (passed, all) = (0, 0);
        foreach (var check in checks)
        {
            if (!check.Gates) continue;
            all++;
            if (check.Passed) passed++;
        }

        return all == 0 ? null : (double)passed / all;
    }

    /// <summary>Whether every gating check passed (M072).</summary>
    public static bool IsCompliant(IReadOnlyList<CheckResult> checks) => checks.All(c => c.Passed || !c.Gates);
}
