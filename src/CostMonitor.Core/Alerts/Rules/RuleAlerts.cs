using System.Globalization;

namespace CostMonitor.Core.Alerts.Rules;

/// <summary>The alerts that a rule's states are told as.</summary>
public static class RuleAlerts
{
    /// <summary>That a state fires, as it was when it began.</summary>
    public static Alert Fired(AlertRule rule, RuleState state) => new()
    {
        Key = KeyOf(state),
        Severity = rule.Severity,
        At = state.Episode ?? state.Since,
        Title = $"{Subject(state)}: {rule.Info.What} {Value(rule, state)}, {(rule.Comparison == RuleComparison.Above ? "above" : "below")} {rule.Info.Show(rule.Threshold)}",
        Text = $"It is over when the value is {Recovery(rule)}. Look at {rule.Info.LookAt}.",
        Facts = Facts(rule, state),
    };

    /// <summary>That its firing is over.</summary>
    public static Alert Recovered(AlertRule rule, RuleState state) => new()
    {
        Key = KeyOf(state),
        Severity = rule.Severity,
        At = state.Since,
        Title = $"{Subject(state)} is over: {rule.Info.What} {Value(rule, state)}",
        Text = $"The value is {Recovery(rule)} again. It had fired since {Instant(state.Episode)}.",
        Facts = Facts(rule, state),
    };

    /// <summary>That its firing is over because the rule is not in force any more.</summary>
    public static Alert Retired(RuleState state) => new()
    {
        Key = KeyOf(state),
        Severity = AlertSeverity.Warning,
        At = state.Since,
        Title = $"{Subject(state)} is over: the rule is not in force any more",
        Text = $"It had fired since {Instant(state.Episode)}, and was then removed, switched off or given another scope.",
    };

    /// <summary><c>rule:{rule}</c> or <c>rule:{rule}:{scope}</c>, the second that the firing began in, and the rule.</summary>
    public static AlertKey KeyOf(RuleState state) => new(
        state.Scope.Length == 0 ? $"rule:{state.Rule}" : $"rule:{state.Rule}:{RuleScope.Escape(state.Scope)}",
        (state.Episode ?? state.Since).UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
        state.Rule);

    private static string Subject(RuleState state) => state.Scope.Length == 0 ? state.Rule : $"{state.Rule} of {state.Scope}";

    private static string Value(AlertRule rule, RuleState state) => state.Value is { } value ? rule.Info.Show(value) : "unknown";

    private static string Recovery(AlertRule rule) => $"{rule.Info.Show(rule.RecoveryLevel)} or {(rule.Comparison == RuleComparison.Above ? "less" : "more")}";

    private static string Instant(DateTimeOffset? instant) => instant?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "an unknown time";

    private static IReadOnlyList<AlertFact> Facts(AlertRule rule, RuleState state)
    {
        var facts = new List<AlertFact>
        {
            new("Scope", state.Scope.Length > 0 ? state.Scope : rule.Model?.ToString() ?? rule.Provider ?? "everything"),
            new("Metric", $"{rule.Info.Name}: {rule.Info.What}"),
            new("Value", Value(rule, state)),
            new("Threshold", $"{(rule.Comparison == RuleComparison.Above ? "above" : "below")} {rule.Info.Show(rule.Threshold)}"),
        };
        if (rule.Info.IsOfRuns)
        {
            facts.Add(new AlertFact("Window", rule.Window.IsDay ? "since 00:00 UTC" : $"the last {rule.Window}"));
            facts.Add(new AlertFact("n", string.Create(CultureInfo.InvariantCulture, $"{state.N}, at least {rule.LeastN}")));
        }

        if (state.Detail is { } detail) facts.Add(new AlertFact("Which", detail));
        return facts;
    }
}
