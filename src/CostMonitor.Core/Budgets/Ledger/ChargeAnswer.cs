namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>What becomes of a <see cref="ChargeRequest"/>.</summary>
public abstract record ChargeAnswer
{
    private ChargeAnswer()
    {
    }

    /// <summary>The money is reserved.</summary>
    /// <param name="Charge">To be settled; null where no budget covers the call.</param>
    public sealed record Granted(CallCharge? Charge) : ChargeAnswer
    {
        public static Granted Uncovered { get; } = new((CallCharge?)null);
    }

    /// <summary>It is not.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Ledger">The account that it did not fit into.</param>
    /// <param name="Message">For people, with what to do.</param>
    /// <param name="RetryAfter">When the account's period ends; null where that is not known.</param>
    public sealed record Refused(ChargeRefusal Reason, LedgerKey Ledger, string Message, TimeSpan? RetryAfter) : ChargeAnswer;
}
