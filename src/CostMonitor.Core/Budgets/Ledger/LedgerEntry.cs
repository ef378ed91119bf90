using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets.Ledger;

/// <summary>One change of an account. The entries of an account add up to it.</summary>
public sealed record LedgerEntry
{
    public required LedgerKey Key { get; init; }

    /// <summary>From 1, without gaps.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    public required LedgerEntryKind Kind { get; init; }

    /// <summary>Whose change it is, or which dead worker it is about.</summary>
    public required string Worker { get; init; }

    /// <summary>Names the write; one write may change several accounts.</summary>
    public required string Commit { get; init; }

    public Usd Settled { get; init; }

    /// <summary>Of <see cref="Settled"/>, for calls without records.</summary>
    public Usd Direct { get; init; }

    public Usd Held { get; init; }

    public Usd Unconfirmed { get; init; }

    public long Calls { get; init; }

    public long Unpriced { get; init; }

    /// <summary>The account after it: all that was ever settled.</summary>
    public required Usd SettledAfter { get; init; }

    public required Usd HeldAfter { get; init; }

    public required Usd UnconfirmedAfter { get; init; }
}
