namespace CostMonitor.Core.Calling.Routing;

/// <summary>What a route needs to know of one call.</summary>
public sealed record RouteRequest
{
    /// <summary>The tokens that an answer is taken to have when its call sets no limit.</summary>
    public const int UsualOutputTokens = 500;

    /// <summary>Estimated tokens of the whole prompt: see <see cref="Usage.TokenEstimator"/>.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>The call's limit; null for <see cref="UsualOutputTokens"/>.</summary>
    public int? MaxOutputTokens { get; init; }

    public RouteWish Wish { get; init; } = RouteWish.None;

    /// <summary>What the call itself makes necessary, beside the features of its wish.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>The caller's word or the rule's; null where the route does not go by it.</summary>
    public PromptDifficulty? Difficulty { get; init; }

    public long OutputTokens => MaxOutputTokens ?? UsualOutputTokens;
}
