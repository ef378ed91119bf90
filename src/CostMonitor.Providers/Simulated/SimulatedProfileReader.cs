using CostMonitor.Core.Input;

namespace CostMonitor.Providers.Simulated;

/// <summary>Reads the <c>simulated</c> part of a model in models.json.</summary>
internal static class SimulatedProfileReader
{
    private static readonly SimulatedProfile Default = new();

    public static SimulatedProfile Read(InputNode node)
    {
        node.AllowOnly(
            "seed", "ttftMs", "tokensPerSecond", "outputTokens", "reasoningTokens", "fixedTokens",
            "errorRate", "timeoutRate", "driftPerHour", "invalidJsonRate", "contentFor");
        return new SimulatedProfile
        {
            Seed = node.OptionalInteger("seed", long.MinValue, long.MaxValue) ?? Default.Seed,
            TtftMs = ReadSpread(node, "ttftMs", 0.001, 600_000, Default.TtftMs),
            TokensPerSecond = node.OptionalNumber("tokensPerSecond", 0.01, 1_000_000) ?? Default.TokensPerSecond,
            OutputTokens = ReadSpread(node, "outputTokens", 1, 100_000, Default.OutputTokens),
            ReasoningTokens = (int)(node.OptionalInteger("reasoningTokens", 0, 100_000) ?? Default.ReasoningTokens),
            FixedTokens = (int?)node.OptionalInteger("fixedTokens", 1, 100_000),
            ErrorRate = node.OptionalNumber("errorRate", 0, 1) ?? 0,
            TimeoutRate = node.OptionalNumber("timeoutRate", 0, 1) ?? 0,
            DriftPerHour = node.OptionalNumber("driftPerHour", 0, 100) ?? 0,
            InvalidJsonRate = node.OptionalNumber("invalidJsonRate", 0, 1) ?? 0,
            Content = ReadContent(node),
        };
    }

    private static Spread ReadSpread(InputNode node, string name, double least, double most, Spread otherwise)
    {
        if (node.Property(name) is not { } spread) return otherwise;
        spread.AllowOnly("median", "p95");
        spread.Required("median", "a number");
        var median = spread.OptionalNumber("median", least, most) ?? otherwise.Median;
        var p95 = spread.OptionalNumber("p95", least, most) ?? median;
        if (p95 >= median) return new Spread(median, p95);
        spread.Fault("The p95 is below the median; expected at least the median.");
        return otherwise;
    }

    private static SimulatedContent ReadContent(InputNode node)
    {
        if (node.Property("contentFor") is not { } content) return Default.Content;
        var text = content.Text("echo or checks");
        if (text is not ("" or "echo" or "checks")) content.Fault($"Expected echo or checks, got {content.Shown()}.");
        return text == "echo" ? SimulatedContent.Echo : SimulatedContent.Checks;
    }
}
