namespace CostMonitor.Core.Alerts;

/// <summary>What somebody has to hear of, ready for any sink.</summary>
public sealed record Alert
{
    public required AlertKey Key { get; init; }

    public required AlertSeverity Severity { get; init; }

    /// <summary>When what it tells of was seen.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>One line: what happened to what.</summary>
    public required string Title { get; init; }

    /// <summary>What happens now because of it, and what to do.</summary>
    public required string Text { get; init; }

    /// <summary>For a budget: scope, spent, limit, percent, forecast.</summary>
    public IReadOnlyList<AlertFact> Facts { get; init; } = [];
}
