using CostMonitor.Core.Plans;

namespace CostMonitor.Providers.Simulated;

/// <summary>What will happen in one simulated call: all of it follows from the generator's seed.</summary>
internal sealed record SimulatedCall
{
    /// <summary>Null for a call that is never answered.</summary>
    public required TimeSpan? FirstToken { get; init; }

    /// <summary>The status with which the call fails; null if it does not.</summary>
    public int? FailsWith { get; init; }

    public required IReadOnlyList<string> Reasoning { get; init; }

    public required IReadOnlyList<string> Content { get; init; }

    /// <summary>Before each token behind the first.</summary>
    public required IReadOnlyList<TimeSpan> Gaps { get; init; }

    /// <summary>True when the limit of the request ended the answer.</summary>
    public bool IsCutByLimit { get; init; }

    /// <param name="slowness">1 for the profile's own speed, 2 for half of it.</param>
    /// <param name="limit">The most tokens, reasoning included; null for no limit.</param>
    public static SimulatedCall Draw(SimulatedProfile profile, SeededRandom random, string prompt, bool wantsJson, int? limit, double slowness)
    {
        var (fate, ttftMs) = (random.NextDouble(), profile.TtftMs.Draw(random) * slowness);
        var length = profile.FixedTokens ?? (int)Math.Clamp(Math.Round(profile.OutputTokens.Draw(random)), 1, 200_000);
        var reasoning = profile.FixedTokens is null ? SimulatedAnswer.Reasoning(profile.ReasoningTokens, random) : [];
        var content = wantsJson && profile.FixedTokens is null
            ? SimulatedAnswer.Json(prompt, random.NextDouble() < profile.InvalidJsonRate, random)
            : SimulatedAnswer.Text(profile.Content, prompt, length, random);
        var (shownReasoning, shownContent) = (Take(reasoning, limit), Take(content, limit - reasoning.Count));
        var tokens = shownReasoning.Count + shownContent.Count;
        return new SimulatedCall
        {
            FirstToken = fate < profile.TimeoutRate ? null : Microseconds(ttftMs * 1000),
            FailsWith = fate >= profile.TimeoutRate && fate < profile.TimeoutRate + profile.ErrorRate
                ? fate < profile.TimeoutRate + (profile.ErrorRate / 2) ? 429 : 500
                : null,
            Reasoning = shownReasoning,
            Content = shownContent,
            Gaps = DrawGaps(profile, random, Math.Max(0, tokens - 1), slowness),
            IsCutByLimit = tokens < reasoning.Count + content.Count,
        };
    }

    private static List<TimeSpan> DrawGaps(SimulatedProfile profile, SeededRandom random, int count, double slowness)
    {
        var meanUs = 1_000_000 / profile.TokensPerSecond * slowness;
        return [.. Enumerable.Range(0, count).Select(_ => Microseconds(meanUs * (0.5 + random.NextDouble())))]; // half to one and a half of the mean
    }

    private static List<string> Take(List<string> tokens, int? limit) => limit is { } most ? tokens[..Math.Clamp(most, 0, tokens.Count)] : tokens;

    // Whole microseconds: the last bits of a logarithm differ between machines, and a replay must not.
    private static TimeSpan Microseconds(double us) => TimeSpan.FromTicks((long)Math.Round(us) * TimeSpan.TicksPerMicrosecond);
}
