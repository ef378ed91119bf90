using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets;

/// <summary>A limit on what some calls may cost in a period, and what happens on the way there.</summary>
public sealed record Budget
{
    public static IReadOnlyList<BudgetThreshold> UsualThresholds { get; } =
    [
        new(80, BudgetAction.Notice), new(90, BudgetAction.Warn), new(95, BudgetAction.Throttle), new(100, BudgetAction.Block),
    ];

    /// <summary>1 to 50 lower-case letters, digits or dashes, a letter first. A daily cap of budget <c>x</c> is the budget <c>x.day</c>.</summary>
    public required string Id { get; init; }

    public required BudgetScope Scope { get; init; }

    public required BudgetPeriod Period { get; init; }

    /// <summary>Of a <see cref="BudgetPeriod.Rolling"/> budget: an hour to 31 days.</summary>
    public TimeSpan Window { get; init; }

    /// <summary>In which days, weeks and months begin; UTC if not set.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Not negative; with 0 no call is paid for.</summary>
    public required Usd Limit { get; init; }

    /// <summary>True to refuse what does not fit; false only tells.</summary>
    public bool IsHard { get; init; } = true;

    /// <summary>The models whose calls a hard budget lets through although they have no price; none if not set. They count as unpriced.</summary>
    public IReadOnlyList<ModelKey> AllowsUnpriced { get; init; } = [];

    /// <summary>By rising percentage.</summary>
    public IReadOnlyList<BudgetThreshold> Thresholds { get; init; } = UsualThresholds;

    public Throttling Throttling { get; init; } = Throttling.Usual;

    /// <summary>What the output of a call that names no limit is held at, and under a hard budget limited to: 1 to 1,000,000 tokens; 4,096 if not set.</summary>
    public int OutputTokens { get; init; } = 4096;

    /// <summary>True to hold what 95 of 100 of a model's latest calls have cost at most, instead of the worst case: more calls fit, and the limit may be passed by up to <see cref="Overdraft"/>.</summary>
    public bool HoldsLearned { get; init; }

    /// <summary>How far calls that cost more than was held for them may carry the spend beyond the limit before every further call is held at its worst case; 0 if not set.</summary>
    public Usd Overdraft { get; init; }

    /// <summary>True to count what a dead worker may have spent against the limit until it is known; false only shows it.</summary>
    public bool CountsUnconfirmed { get; init; }
}
