using System.Globalization;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Alerts.Rules;

/// <summary>Reads <c>{"rules":[{"name","metric","above"|"below",...}]}</c>, which replaces built-in rules by name or adds to them.</summary>
/// <remarks>A rule that has the name of a built-in one keeps what it does not say of that one, as long as it has its metric.</remarks>
public static class AlertRuleFile
{
    private const int MostRules = 200;
    private const int LongestName = 60;
    private const string WindowForm = "\"day\" or a time span from 00:01:00 to 31.00:00:00, as in \"01:00:00\"";

    /// <returns>All rules in force.</returns>
    /// <exception cref="InputException">All faults of the file.</exception>
    public static IReadOnlyList<AlertRule> Parse(string json, string file) => AlertRules.With(InputFaults.ReadJson(json, file, Read));

    private static IReadOnlyList<AlertRule> Read(InputNode root)
    {
        root.AllowOnly("rules");
        var (rules, names) = (new List<AlertRule>(), new HashSet<string>());
        foreach (var node in root.Required("rules", "an array of rules")?.Items("an array of rules") ?? [])
        {
            var rule = ReadRule(node);
            if (!names.Add(rule.Name) && rule.Name.Length > 0) node.Fault($"There are two rules '{rule.Name}'.");
            else rules.Add(rule);
        }

        if (rules.Count > MostRules) root.Property("rules")?.Fault(string.Create(CultureInfo.InvariantCulture, $"Expected at most {MostRules} rules, got {rules.Count}."));
        return rules;
    }

    private static AlertRule ReadRule(InputNode node)
    {
        node.AllowOnly("name", "metric", "per", "model", "provider", "window", "above", "below", "leastN", "hysteresis", "for", "severity", "enabled");
        var name = ReadName(node);
        var usual = AlertRules.BuiltIn.FirstOrDefault(r => r.Name == name);
        if (usual is null) node.Required("metric", $"one of {EnumNames.All<RuleMetric>()}");
        var metric = node.OptionalName("metric", usual?.Metric ?? default);
        if (usual?.Metric != metric) usual = null;
        var info = RuleMetricInfo.Of(metric);
        var (comparison, threshold) = ReadThreshold(node, info, usual);
        var rule = new AlertRule
        {
            Name = name,
            Metric = metric,
            Per = node.OptionalName("per", usual?.Per ?? RuleGrouping.None),
            Model = ReadModel(node),
            Provider = ReadProvider(node),
            Window = ReadWindow(node, info, usual),
            Comparison = comparison,
            Threshold = threshold,
            LeastN = (int)(node.OptionalInteger("leastN", 0, 1_000_000) ?? usual?.LeastN ?? info.LeastN),
            Hysteresis = node.OptionalDecimal("hysteresis", 0, 0.9m) ?? usual?.Hysteresis ?? 0.1m,
            For = (int)(node.OptionalInteger("for", 1, 1000) ?? usual?.For ?? 1),
            Severity = node.OptionalName("severity", usual?.Severity ?? AlertSeverity.Warning),
            IsEnabled = node.Flag("enabled", usual?.IsEnabled ?? true),
        };
        NoteContradictions(node, rule);
        return rule;
    }

    private static string ReadName(InputNode node)
    {
        var name = node.RequiredText("name", "a name");
        var isName = name.Length is > 0 and <= LongestName && char.IsAsciiLetterLower(name[0]) && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
        if (name.Length > 0 && !isName) node.Property("name")?.Fault($"Expected 1 to {LongestName} lower-case letters, digits or dashes, a letter first, got '{(name.Length <= 60 ? name : name[..60] + "...")}'.");
        return name;
    }

    private static (RuleComparison Comparison, decimal Threshold) ReadThreshold(InputNode node, RuleMetricInfo info, AlertRule? usual)
    {
        var (above, below) = (node.OptionalDecimal("above", 0, info.MostThreshold), node.OptionalDecimal("below", 0, info.MostThreshold));
        var given = (node.Property("above") is null ? 0 : 1) + (node.Property("below") is null ? 0 : 1);
        if (given == 2) node.Fault("Expected one of 'above' and 'below', got both.");
        if (given == 0 && usual is null) node.Fault($"Expected 'above' or 'below' with a threshold in {UnitOf(info.Unit)}, got neither.");
        if (above is { } most) return (RuleComparison.Above, most);
        if (below is { } least) return (RuleComparison.Below, least);
        return (usual?.Comparison ?? RuleComparison.Above, usual?.Threshold ?? 0);
    }

    private static string UnitOf(RuleUnit unit) => unit switch { RuleUnit.Usd => "USD", RuleUnit.Count => "whole things", _ => EnumNames.Of(unit) };

    private static ModelKey? ReadModel(InputNode node)
    {
        if (node.OptionalText("model", "a model") is not { Length: > 0 } text) return null;
        if (ModelKey.TryParse(text, out var model)) return model;
        node.Property("model")?.Fault("Expected provider:model, as in openai:gpt-4o.");
        return null;
    }

    private static string? ReadProvider(InputNode node)
    {
        if (node.OptionalText("provider", "a provider") is not { Length: > 0 } text) return null;
        if (ModelKey.TryCreate(text, "any", out _)) return text;
        node.Property("provider")?.Fault("Expected the name of a provider: lower-case letters, digits and dashes.");
        return null;
    }

    private static RuleWindow ReadWindow(InputNode node, RuleMetricInfo info, AlertRule? usual)
    {
        if (node.Property("window") is not { } window)
        {
            if (info.IsOfRuns && usual is null) node.Fault($"'window' is missing; expected {WindowForm}.");
            return usual?.Window ?? RuleWindow.Now;
        }

        var text = window.IsString ? window.Element.GetString() : null;
        if (!info.IsOfRuns) window.Fault($"'{info.Name}' is about the app's own state and has no window.");
        else if (text == "day") return RuleWindow.Day;
        else if (HasClock(text) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span >= RuleWindow.Shortest && span <= RuleWindow.Longest) return RuleWindow.Last(span);
        else window.Fault($"Expected {WindowForm}, got {window.Shown()}.");
        return RuleWindow.Now;
    }

    // "30" alone would be thirty days.
    private static bool HasClock(string? text) => text?.Contains(':', StringComparison.Ordinal) == true;

    private static void NoteContradictions(InputNode node, AlertRule rule)
    {
        if (!rule.Info.IsOfRuns)
        {
            foreach (var name in (ReadOnlySpan<string>)["per", "model", "provider", "leastN"])
            {
                if (node.Property(name) is { } given && !(name == "per" && rule.Per == RuleGrouping.None)) given.Fault($"'{rule.Info.Name}' is about the app as a whole: it has no {name}.");
            }
        }

        if (rule.Model is { } model && rule.Provider is { } provider && model.Provider != provider) node.Property("provider")?.Fault($"{model} is none of provider '{provider}': the rule would look at nothing.");
        if (rule.Comparison == RuleComparison.Below && rule.Threshold == 0) node.Fault("Nothing lies below 0: the rule would never fire.");
        if (rule.Info.Unit != RuleUnit.Percent) return;
        if (rule.Comparison == RuleComparison.Above && rule.Threshold == 100) node.Fault("Nothing lies above 100 %: the rule would never fire.");
        if (rule.Comparison == RuleComparison.Below && rule.RecoveryLevel > 100) node.Fault($"With this hysteresis the rule recovers at {rule.Info.Show(rule.RecoveryLevel)}, which no value reaches.");
    }
}
