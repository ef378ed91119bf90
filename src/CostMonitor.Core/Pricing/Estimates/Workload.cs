using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing.Estimates;

/// <summary>What is expected of an application in a month.</summary>
public sealed record Workload
{
    /// <summary>Conversations a day; with one turn each, these are requests.</summary>
    public required decimal ConversationsPerDay { get; init; }

    /// <summary>Questions and answers in a conversation. Each sends all that was said before again, as chat applications do.</summary>
    public int Turns { get; init; } = 1;

    /// <summary>What one turn uses, without the turns before it.</summary>
    public required TokenUsage PerTurn { get; init; }

    /// <summary>Share of conversations, 0 to 1, that a cache of ours answers without a call.</summary>
    public decimal CacheHits { get; init; }

    /// <summary>Growth from one month to the next: 0.2 for 20 %.</summary>
    public decimal MonthlyGrowth { get; init; }

    /// <summary>Days that a month is reckoned with.</summary>
    public int DaysPerMonth { get; init; } = 30;

    /// <summary>What may be spent in a month; null for no limit.</summary>
    public Usd? MonthlyBudget { get; init; }

    /// <summary>What each turn uses: from the second on, the text of the earlier ones is input too.</summary>
    public IEnumerable<TokenUsage> Calls()
    {
        for (var turn = 0; turn < Turns; turn++) yield return PerTurn with { Input = PerTurn.Input + turn * (PerTurn.Input + PerTurn.Output) };
    }
}
