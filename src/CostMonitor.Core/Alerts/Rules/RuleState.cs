namespace CostMonitor.Core.Alerts.Rules;

/// <summary>Where a rule stands for one of its scopes: ok or firing, and what of that is still to be told.</summary>
/// <remarks>
/// A value beyond the threshold fires it, one beyond its <see cref="AlertRule.RecoveryLevel"/> ends that, either after <see cref="AlertRule.For"/>
/// evaluations in a row; between the two, and while the value is unknown, it stays as it is. So notices of it alternate.
/// </remarks>
public sealed record RuleState
{
    public required string Rule { get; init; }

    /// <inheritdoc cref="RuleMeasure.Scope"/>
    public required string Scope { get; init; }

    public bool IsFiring { get; init; }

    /// <summary>When it came to be as it is: ok or firing.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When its last firing began, in whole seconds: names its alert. Null if it never fired.</summary>
    public DateTimeOffset? Episode { get; init; }

    /// <summary>The last evaluations in a row that spoke for the other state.</summary>
    public int Streak { get; init; }

    /// <inheritdoc cref="RuleMeasure.Value"/>
    public decimal? Value { get; init; }

    /// <inheritdoc cref="RuleMeasure.N"/>
    public int N { get; init; }

    /// <inheritdoc cref="RuleMeasure.Detail"/>
    public string? Detail { get; init; }

    /// <summary>What has to be told of the last change and is not yet known to be. Until it is, nothing else changes.</summary>
    public RuleNotice Owed { get; init; }

    public static RuleState Fresh(string rule, string scope, DateTimeOffset now) => new() { Rule = rule, Scope = scope, Since = now };

    /// <summary>The state after an evaluation; what it has to be told is in <see cref="Owed"/>.</summary>
    public RuleState Next(AlertRule rule, RuleMeasure measure, DateTimeOffset now)
    {
        if (Owed != RuleNotice.None) return this;
        var seen = this with { Value = measure.Value, N = measure.N, Detail = measure.Detail };
        if (measure.Value is not { } value) return seen;
        var changes = IsFiring ? rule.IsRecoveredBy(value) : rule.IsBreachedBy(value);
        if (!changes) return seen with { Streak = 0 };
        return Streak + 1 < rule.For ? seen with { Streak = Streak + 1 } : seen.Changed(now);
    }

    /// <summary>The end of a firing whose rule is not in force any more.</summary>
    public RuleState Retired(DateTimeOffset now) => IsFiring && Owed == RuleNotice.None ? Changed(now) : this;

    /// <summary>The state once its notice is kept where it will be delivered from.</summary>
    public RuleState Told() => this with { Owed = RuleNotice.None };

    private RuleState Changed(DateTimeOffset now) => this with
    {
        IsFiring = !IsFiring,
        Since = now,
        Episode = IsFiring ? Episode : Begin(now),
        Streak = 0,
        Owed = IsFiring ? RuleNotice.Recover : RuleNotice.Raise,
    };

    // A clock that was put back must not give two firings one name: the second would never be told.
    private DateTimeOffset Begin(DateTimeOffset now)
    {
        var begin = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
        return Episode is { } last && begin <= last ? last.AddSeconds(1) : begin;
    }
}
