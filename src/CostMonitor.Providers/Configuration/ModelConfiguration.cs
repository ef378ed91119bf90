using System.Collections.Frozen;
using CostMonitor.Core.Calling.Caching;
using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Chain;

namespace CostMonitor.Providers.Configuration;

/// <summary>The models that can be called and what each accepts, from a <c>models.json</c>.</summary>
public sealed class ModelConfiguration
{
    private readonly FrozenDictionary<ModelKey, ModelEntry> _byKey;
    private readonly FrozenDictionary<ModelKey, Route> _routeByKey;

    private ModelConfiguration(IReadOnlyList<ModelEntry> models, IReadOnlyList<Route> routes, ChainSettings chain) =>
        (Models, Routes, Chain, _byKey, _routeByKey) =
            (models, routes, chain, models.ToFrozenDictionary(static m => m.Model), routes.ToFrozenDictionary(static r => r.Model));

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<ModelEntry> Models { get; }

    /// <summary>The logical models, in the order of the file.</summary>
    public IReadOnlyList<Route> Routes { get; }

    /// <summary>How models are called whose entry says nothing else.</summary>
    public ChainSettings Chain { get; }

    /// <summary>Which answers are kept.</summary>
    public CacheSettings Cache { get; private init; } = CacheSettings.Default;

    /// <returns>Null when the file has no such model.</returns>
    public ModelEntry? Find(ModelKey model) => _byKey.GetValueOrDefault(model);

    /// <returns>Null when the file has no such route.</returns>
    public Route? FindRoute(ModelKey model) => _routeByKey.GetValueOrDefault(model);

    /// <summary>Whether a name is that of a model or of a route.</summary>
    public bool Knows(ModelKey model) => _byKey.ContainsKey(model) || _routeByKey.ContainsKey(model);

    /// <summary>Whether a model, or every target of a route, answers inside the process.</summary>
    public bool IsSimulated(ModelKey model) =>
        Find(model) is { Api: ModelApi.Simulated } || FindRoute(model)?.Targets.All(t => Find(t.Model) is { Api: ModelApi.Simulated }) == true;

    /// <param name="json">The text of the file.</param>
    /// <param name="file">The name that faults give it.</param>
    /// <param name="settings">The value of a setting that the file names; null if there is none. Key values stay inside <see cref="ApiKey"/>.</param>
    /// <exception cref="InputException">All faults of the file. A missing setting is none: that model is not configured.</exception>
    public static ModelConfiguration Parse(string json, string file, Func<string, string?> settings) =>
        InputFaults.ReadJson(json, file, root => Read(root, settings));

    private static ModelConfiguration Read(InputNode root, Func<string, string?> settings)
    {
        root.AllowOnly("capabilities", "calling", "cache", "models", "routes");
        var chain = ChainSettingsReader.ReadUsual(root.Property("calling"));
        var capabilities = ReadCapabilities(root);
        var models = new Dictionary<ModelKey, ModelEntry>();
        foreach (var node in root.Required("models", "an array of models")?.Items("an array of models") ?? [])
        {
            if (ModelEntryReader.Read(node, capabilities, chain, settings) is not { } entry) continue;
            if (!models.TryAdd(entry.Model, entry)) node.Property("model")?.Fault($"{entry.Model} is there twice; each model stands once.");
        }

        var routes = root.Property("routes") is { } list ? RouteReader.Read(list, models) : [];
        return new ModelConfiguration([.. models.Values], routes, chain) { Cache = CacheSettingsReader.Read(root.Property("cache")) };
    }

    private static Dictionary<string, Capabilities> ReadCapabilities(InputNode root)
    {
        var capabilities = new Dictionary<string, Capabilities>(StringComparer.Ordinal);
        if (root.Property("capabilities") is not { } node) return capabilities;
        if (!node.IsObject)
        {
            node.Fault($"Expected an object with a property for each set of capabilities, got {node.Shown()}.");
            return capabilities;
        }

        foreach (var property in node.Element.EnumerateObject())
        {
            if (node.Property(property.Name) is { } entry) capabilities[property.Name] = Capabilities.Read(property.Name, entry);
        }

        return capabilities;
    }
}
