namespace CostMonitor.Providers.Simulated;

/// <summary>How a simulated model behaves.</summary>
public sealed record SimulatedProfile
{
    /// <summary>Two models with one seed still differ: their names are mixed in.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Milliseconds to the first token.</summary>
    public Spread TtftMs { get; init; } = new(200, 600);

    /// <summary>Tokens a second after the first.</summary>
    public double TokensPerSecond { get; init; } = 60;

    /// <summary>Tokens of an answer without reasoning.</summary>
    public Spread OutputTokens { get; init; } = new(120, 300);

    /// <summary>Reasoning tokens before each answer.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>If set, each call reports this many input tokens and writes this many output tokens.</summary>
    public int? FixedTokens { get; init; }

    /// <summary>The share of calls that fail, half with 429 and half with 500.</summary>
    public double ErrorRate { get; init; }

    /// <summary>The share of calls that are never answered.</summary>
    public double TimeoutRate { get; init; }

    /// <summary>The share by which each hour since the client was made slows its calls: 0.1 doubles the times in ten hours.</summary>
    public double DriftPerHour { get; init; }

    /// <summary>The share of JSON answers that are cut in the middle.</summary>
    public double InvalidJsonRate { get; init; }

    public SimulatedContent Content { get; init; } = SimulatedContent.Checks;
}
