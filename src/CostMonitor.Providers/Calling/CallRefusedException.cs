using CostMonitor.Core.Runs;

namespace CostMonitor.Providers.Calling;

/// <summary>A call that the chain itself refused: no provider was asked, and nothing was paid.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">For people, with what to do.</param>
/// <param name="inner">What led to it.</param>
public sealed class CallRefusedException(RefusalReason reason, string message, Exception? inner = null)
    : ModelCallException(FailureStage.Admission, NameOf(reason), message, inner)
{
    public RefusalReason Reason { get; } = reason;

    private static string NameOf(RefusalReason reason) => reason switch
    {
        RefusalReason.BreakerOpen => "breaker_open",
        RefusalReason.LimiterFull => "limiter_full",
        RefusalReason.LimiterWait => "limiter_wait",
        RefusalReason.NoRoute => "no_route",
        RefusalReason.AllDown => "all_down",
        RefusalReason.CachedOnly => "cached_only",
        RefusalReason.BudgetExhausted => "budget_exhausted",
        RefusalReason.BudgetUnpriced => "budget_unpriced",
        RefusalReason.LedgerUnavailable => "ledger_unavailable",
        RefusalReason.Throttled => "budget_throttled",
        RefusalReason.KeyReused => "key_reused",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a reason."),
    };
}
