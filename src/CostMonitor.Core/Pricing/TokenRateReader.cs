using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>Reads prices per million tokens: figures, or multiples of another class as in <c>{"times": 0.1, "of": "input"}</c>.</summary>
internal static class TokenRateReader
{
    /// <summary>No price of any provider is near this; above it a unit has been mixed up.</summary>
    private const decimal HighestPerMillion = 100_000m;

    private static readonly string[] Names = [.. TokenClasses.All.Select(TokenClasses.NameOf)];

    /// <param name="node">The object of prices.</param>
    /// <param name="below">What holds for a class that is not named.</param>
    public static TokenRates Read(InputNode node, TokenRates below)
    {
        var stated = new Dictionary<TokenClass, TokenRate>();
        List<(TokenClass Class, InputNode Node)>? multiples = null;
        foreach (var (name, value) in node.Members())
        {
            if (!TokenClasses.TryParse(name, out var tokenClass)) value.Fault($"Unknown property; expected one of {string.Join(", ", Names)}.");
            else if (value.IsObject) (multiples ??= []).Add((tokenClass, value));
            else if (value.Amount(0, HighestPerMillion) is { } figure) stated[tokenClass] = new TokenRate(figure);
        }

        if (multiples is null) return new TokenRates(stated).Over(below);
        var figures = new TokenRates(stated).Over(below);
        foreach (var (tokenClass, multiple) in multiples)
        {
            if (ReadMultiple(multiple, figures) is { } rate) stated[tokenClass] = rate;
        }

        return new TokenRates(stated).Over(below);
    }

    private static TokenRate? ReadMultiple(InputNode node, TokenRates figures)
    {
        node.AllowOnly("times", "of");
        var times = node.Required("times", "a number, as in 0.1") is null ? null : node.OptionalDecimal("times", 0, 100);
        var of = node.RequiredText("of", "a class of tokens, as in input");
        if (times is null || of.Length == 0) return null;
        if (TokenClasses.TryParse(of, out var tokenClass) && figures[tokenClass] is not null) return new TokenRate(0, times, tokenClass);
        node.Property("of")?.Fault($"Expected a class that has a figure of its own here, got '{of}'.");
        return null;
    }
}
