using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Budgets;

/// <summary>Reads <c>throttling</c>.</summary>
internal static class ThrottlingReader
{
    public static Throttling Read(InputNode budget)
    {
        if (budget.Property("throttling") is not { } node) return Throttling.Usual;
        node.AllowOnly("share", "cheaper", "maxOutputTokens", "cacheTtlFactor");
        var share = node.OptionalNumber("share", 0, 1) ?? Throttling.Usual.Share;
        if (share == 0) node.Property("share")?.Fault("Expected a share above 0; to refuse calls, use the action block.");
        return new Throttling
        {
            Share = share,
            Cheaper = ReadCheaper(node),
            MaxOutputTokens = (int?)node.OptionalInteger("maxOutputTokens", 1, 1_000_000),
            CacheTtlFactor = node.OptionalNumber("cacheTtlFactor", 1, 1000) ?? Throttling.Usual.CacheTtlFactor,
        };
    }

    public static ModelKey? ReadModel(InputNode node)
    {
        const string expected = "provider:model, as in openai:gpt-4o";
        if (node.Text(expected) is not { Length: > 0 } text) return null;
        if (ModelKey.TryParse(text, out var model)) return model;
        node.Fault($"'{text}' is no model: expected {expected}.");
        return null;
    }

    private static Dictionary<ModelKey, ModelKey> ReadCheaper(InputNode throttling)
    {
        var cheaper = new Dictionary<ModelKey, ModelKey>();
        if (throttling.Property("cheaper") is not { } node) return cheaper;
        foreach (var (name, target) in node.Members())
        {
            if (!ModelKey.TryParse(name, out var model)) target.Fault($"'{name}' is no model: expected provider:model, as in openai:gpt-4o.");
            else if (ReadModel(target) is { } other) cheaper.Add(model, other);
        }

        foreach (var model in cheaper.Keys.Where(m => LeadsBack(m, cheaper)))
        {
            node.Fault(cheaper[model] == model
                ? $"{model} is asked instead of itself; expected another model."
                : $"{cheaper[model]} is asked instead of {model}, and in the end {model} instead of it; expected no way back.");
        }

        return cheaper;
    }

    private static bool LeadsBack(ModelKey model, Dictionary<ModelKey, ModelKey> cheaper)
    {
        var next = model;
        for (var steps = 0; steps < cheaper.Count && cheaper.TryGetValue(next, out next); steps++)
        {
            if (next == model) return true;
        }

        return false;
    }
}
