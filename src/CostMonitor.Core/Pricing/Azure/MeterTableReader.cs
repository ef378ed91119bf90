using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing.Azure;

/// <summary>Reads a table of meters, as <c>docs/azure-prices.md</c> describes it.</summary>
internal static class MeterTableReader
{
    private const long HighestTier = 100_000_000;

    private static readonly string Charges = $"one of {string.Join(", ", TokenClasses.All.Select(TokenClasses.NameOf))}, {MeterRule.Hour}";

    public static MeterTable? Read(InputNode root)
    {
        root.AllowOnly("models", "meters");
        var (rules, aliases) = (new Dictionary<MeterKey, MeterRule>(), new Dictionary<string, IReadOnlyList<string>>());
        foreach (var node in root.Property("models")?.Items("an array of models") ?? []) ReadModel(node, aliases);
        if (root.Required("meters", "an array of meters") is not { } meters) return null;
        foreach (var node in meters.Items("an array of meters"))
        {
            if (ReadMeter(node) is not { } read || rules.TryAdd(read.Key, read.Rule)) continue;
            node.Fault("The meter stands twice.");
        }

        return new MeterTable(rules, aliases);
    }

    private static void ReadModel(InputNode node, Dictionary<string, IReadOnlyList<string>> aliases)
    {
        node.AllowOnly("model", "aliases");
        var model = Model(node);
        var names = node.Required("aliases", "other names of the model")?.Items("an array of names").Select(n => n.Text("a name")).Where(n => n.Length > 0).ToArray();
        if (model.Length > 0 && !aliases.TryAdd(model, names ?? [])) node.Fault($"'{model}' stands twice.");
    }

    private static (MeterKey Key, MeterRule Rule)? ReadMeter(InputNode node)
    {
        node.AllowOnly("meter", "product", "meterId", "model", "charge", "tier", "deployment", "promptAbove");
        var (name, id, product) = (node.OptionalText("meter", "the meter's name"), node.OptionalText("meterId", "the meter's id"), node.OptionalText("product", "the product's name"));
        if (name is null == id is null) node.Fault("Expected either 'meter', the meter's name, or 'meterId'.");
        if (product is not null && name is null) node.Fault("'product' goes with 'meter': a meter's id needs no product.");
        var model = Model(node);
        var (isKnown, charge) = Charge(node);
        _ = node.Required("deployment", "one of global, data-zone, regional");
        var deployment = node.OptionalName("deployment", DeploymentType.Global);
        if (deployment == DeploymentType.None) node.Property("deployment")?.Fault("Expected one of global, data-zone, regional, got \"none\".");
        var above = node.OptionalInteger("promptAbove", 1, HighestTier) ?? 0;
        if (above > 0 && charge is null && isKnown) node.Fault("'promptAbove' goes with tokens, not with hours.");
        if (model.Length == 0 || !isKnown || (name ?? id) is null) return null;
        var rule = new MeterRule(model, charge, node.OptionalName("tier", ServiceTier.Standard), deployment, above);
        return (name is not null ? MeterKey.OfName(name, product) : MeterKey.OfId(id ?? ""), rule);
    }

    private static string Model(InputNode node)
    {
        var model = node.RequiredText("model", "a model, as in gpt-4.1-mini");
        if (model.Length == 0 || ModelKey.TryCreate(AzureImport.Provider, model, out _)) return model;
        node.Property("model")?.Fault($"Expected a model without white space, got '{model}'.");
        return "";
    }

    private static (bool IsKnown, TokenClass? Charge) Charge(InputNode node)
    {
        var text = node.RequiredText("charge", Charges);
        if (text == MeterRule.Hour) return (true, null);
        if (TokenClasses.TryParse(text, out var tokens)) return (true, tokens);
        if (text.Length > 0) node.Property("charge")?.Fault($"Expected {Charges}, got '{text}'.");
        return (false, null);
    }
}
