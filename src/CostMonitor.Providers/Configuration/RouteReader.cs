using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Providers.Configuration;

/// <summary>Reads <c>routes</c> of models.json: the logical models.</summary>
internal static class RouteReader
{
    private const string Routes = "an array of routes", Name = "provider:model, as in route:assistant", Targets = "an array of at least one model of this file",
        Target = "a model of this file, as in openai:gpt-4o, or an object with 'model' and 'weight'";

    public static IReadOnlyList<Route> Read(InputNode node, IReadOnlyDictionary<ModelKey, ModelEntry> models)
    {
        var routes = new Dictionary<ModelKey, Route>();
        foreach (var item in node.Items(Routes))
        {
            if (ReadRoute(item, models) is not { } route) continue;
            if (!routes.TryAdd(route.Model, route)) item.Property("model")?.Fault($"{route.Model} is there twice; each route stands once.");
        }

        return [.. routes.Values];
    }

    private static Route? ReadRoute(InputNode node, IReadOnlyDictionary<ModelKey, ModelEntry> models)
    {
        node.AllowOnly("model", "order", "targets", "byDifficulty");
        var name = node.Required("model", Name) is { } model ? ReadName(model, models) : null;
        var targets = ReadTargets(node, models);
        var (order, byDifficulty) = (node.OptionalName("order", RouteOrder.Listed), node.Flag("byDifficulty", false));
        return name is { } key ? new Route { Model = key, Order = order, ByDifficulty = byDifficulty, Targets = targets } : null;
    }

    private static ModelKey? ReadName(InputNode node, IReadOnlyDictionary<ModelKey, ModelEntry> models)
    {
        if (node.Text(Name) is not { Length: > 0 } text) return null;
        if (!ModelKey.TryParse(text, out var key)) node.Fault($"Expected {Name}, got {node.Shown()}.");
        else if (models.ContainsKey(key)) node.Fault($"{key} is a model of this file; expected another name, as in route:assistant.");
        else return key;
        return null;
    }

    private static List<RouteTarget> ReadTargets(InputNode node, IReadOnlyDictionary<ModelKey, ModelEntry> models)
    {
        var targets = new List<RouteTarget>();
        if (node.Required("targets", Targets) is not { } list) return targets;
        var isEmpty = true;
        foreach (var item in list.Items(Targets))
        {
            isEmpty = false;
            if (ReadTarget(item, models) is not { } target) continue;
            if (targets.Exists(t => t.Model == target.Model)) item.Fault($"{target.Model} is there twice; each target stands once.");
            else targets.Add(target);
        }

        if (isEmpty && list.Element.ValueKind == System.Text.Json.JsonValueKind.Array) list.Fault($"Expected {Targets}, got an empty one.");
        return targets;
    }

    private static RouteTarget? ReadTarget(InputNode node, IReadOnlyDictionary<ModelKey, ModelEntry> models)
    {
        var (named, weight) = (node, 1L);
        if (node.IsObject)
        {
            node.AllowOnly("model", "weight");
            weight = node.OptionalInteger("weight", 1, 1000) ?? 1;
            if (node.Required("model", Target) is not { } model) return null;
            named = model;
        }

        if (named.Text(Target) is not { Length: > 0 } text) return null;
        if (ModelKey.TryParse(text, out var key) && models.TryGetValue(key, out var entry)) return new RouteTarget(key, entry.Facts, (int)weight);
        named.Fault($"Expected {Target}, got {named.Shown()}.");
        return null;
    }
}
