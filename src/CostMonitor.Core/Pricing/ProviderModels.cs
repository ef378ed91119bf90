using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace CostMonitor.Core.Pricing;

/// <summary>The models of one provider, found by name. Thread-safe.</summary>
internal sealed class ProviderModels
{
    private const int MostRemembered = 10_000;

    private readonly FrozenDictionary<string, PricedModel> _byName;
    private readonly (ModelPattern Pattern, PricedModel Model)[] _patterns;
    private readonly ConcurrentDictionary<string, PricedModel?> _matched = new(StringComparer.Ordinal);

    /// <param name="models">Of one provider, by their key.</param>
    public ProviderModels(IReadOnlyList<PricedModel> models)
    {
        _byName = models.SelectMany(m => m.Aliases.Prepend(m.Key.Model).Select(name => KeyValuePair.Create(name, m))).ToFrozenDictionary(StringComparer.Ordinal);
        _patterns = [.. models.SelectMany(m => m.Patterns.Select(p => (Pattern: p, Model: m))).OrderByDescending(p => p.Pattern.Literals)];
    }

    /// <summary>The model that a name means: its own, an alias's or a pattern's; null if there is none.</summary>
    public PricedModel? Resolve(string name)
    {
        if (_byName.TryGetValue(name, out var model) || _matched.TryGetValue(name, out model)) return model;
        if (_matched.Count >= MostRemembered) _matched.Clear();
        return _matched[name] = Match(name);
    }

    /// <summary>The model whose own name this is; null for another name.</summary>
    public PricedModel? Own(string name) => _byName.TryGetValue(name, out var model) && model.Key.Model == name ? model : null;

    /// <summary>Apart from <see cref="Resolve"/>, which would make the closure for each name that it knows, too.</summary>
    private PricedModel? Match(string name) => Array.Find(_patterns, p => p.Pattern.Matches(name)).Model;
}
