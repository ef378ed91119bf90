namespace CostMonitor.Core.Calling;

/// <summary>What a call asks of the route that finds its deployment.</summary>
public sealed record RouteWish
{
    public static RouteWish None { get; } = new();

    /// <summary>True for a call that somebody waits for: the fastest healthy deployment first, whatever it costs.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>The residencies that the data may be processed in, as models.json names them; empty for any.</summary>
    public IReadOnlyList<string> Residency { get; init; } = [];

    /// <summary>What the deployment must be able to do, as models.json names it: <c>json</c>, <c>tools</c>, <c>vision</c> ...</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>How hard the question is, where the caller knows; null to let the route judge.</summary>
    public PromptDifficulty? Difficulty { get; init; }
}
