using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing;

/// <summary>The prices of a row's token classes. A class without one has no known price, which is not a price of 0.</summary>
/// <remarks>
/// Three classes are billed as another one unless they have a price of their own, since every provider that reports them does so: reasoning as
/// output, image input as input, cached image input as cached input. Nothing else stands in for a missing price.
/// </remarks>
public sealed class TokenRates : IEquatable<TokenRates>
{
    private const decimal PerToken = 0.000001m;

    private readonly TokenRate?[] _stated = new TokenRate?[TokenClasses.Count];
    private readonly decimal[] _perToken = new decimal[TokenClasses.Count];
    private readonly bool[] _known = new bool[TokenClasses.Count];

    /// <param name="stated">The prices, a later one of a class instead of an earlier one. Multiples are worked out here, from classes with a figure of their own.</param>
    public TokenRates(IEnumerable<KeyValuePair<TokenClass, TokenRate>> stated)
    {
        foreach (var (tokenClass, rate) in stated) _stated[(int)tokenClass] = rate;
        var figures = (TokenRate?[])_stated.Clone();
        for (var i = 0; i < figures.Length; i++)
        {
            if (figures[i] is not { Times: { } times, Of: { } of }) continue;
            _stated[i] = figures[(int)of] is { Times: null } figure ? new TokenRate(figure.PerMillion * times, times, of) : null;
        }

        for (var i = 0; i < figures.Length; i++)
        {
            if (_stated[(int)ChargedAs((TokenClass)i)] is not { } rate) continue;
            _known[i] = true;
            _perToken[i] = rate.PerMillion * PerToken;
        }
    }

    public static TokenRates None { get; } = new([]);

    /// <summary>The prices that the row states, in the order of the classes.</summary>
    public IEnumerable<KeyValuePair<TokenClass, TokenRate>> Stated
    {
        get
        {
            for (var i = 0; i < _stated.Length; i++)
            {
                if (_stated[i] is { } rate) yield return new((TokenClass)i, rate);
            }
        }
    }

    public bool IsEmpty => Array.TrueForAll(_stated, static rate => rate is null);

    /// <summary>The price per million tokens of a class, its own or the one it is billed as; null if it has none.</summary>
    public decimal? this[TokenClass tokenClass] => _stated[(int)ChargedAs(tokenClass)]?.PerMillion;

    public static TokenRates Of(params IEnumerable<(TokenClass Class, decimal PerMillion)> rates) =>
        new(rates.Select(r => KeyValuePair.Create(r.Class, new TokenRate(r.PerMillion))));

    /// <summary>The class whose price is charged: the class itself, or the one that stands in for it.</summary>
    public TokenClass ChargedAs(TokenClass tokenClass) => _stated[(int)tokenClass] is not null ? tokenClass : tokenClass switch
    {
        TokenClass.Reasoning => TokenClass.Output,
        TokenClass.ImageInput => TokenClass.Input,
        TokenClass.CachedImageInput => TokenClass.CachedInput,
        _ => tokenClass,
    };

    /// <summary>What is stated here, and for every other class what <paramref name="below"/> states; a multiple there follows the figure here.</summary>
    public TokenRates Over(TokenRates below) => below.IsEmpty ? this : new(below.Stated.Concat(Stated));

    /// <summary>Every price multiplied.</summary>
    public TokenRates Times(decimal factor) => new(Stated.Select(s => KeyValuePair.Create(s.Key, s.Value with { PerMillion = s.Value.PerMillion * factor })));

    /// <summary>The exact cost of some tokens, without allocation.</summary>
    /// <param name="missing">A class with tokens and without a price; meaningless when the result is true.</param>
    public bool TryCost(in TokenUsage usage, out decimal cost, out TokenClass missing)
    {
        (cost, missing) = (0, default);
        var counts = usage.Counts;
        for (var i = 0; i < counts.Length; i++)
        {
            var tokens = counts[i];
            if (tokens == 0) continue;
            if (!_known[i])
            {
                missing = (TokenClass)i;
                return false;
            }

            cost += tokens * _perToken[i];
        }

        return true;
    }

    public bool Equals(TokenRates? other) => other is not null && _stated.AsSpan().SequenceEqual(other._stated);

    public override bool Equals(object? obj) => Equals(obj as TokenRates);

    public override int GetHashCode() => Stated.Aggregate(0, HashCode.Combine);
}
