using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Alerts.Rules;

/// <summary>The JSON form of a rule and its states, as the API answers and <c>costmon</c> prints it. Unknown is null.</summary>
public static class AlertRuleJson
{
    /// <param name="json">Where it goes.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="states">The rule's states.</param>
    /// <param name="evaluated">When it was evaluated last; null if it never was.</param>
    public static void Write(Utf8JsonWriter json, AlertRule rule, IEnumerable<RuleState> states, DateTimeOffset? evaluated)
    {
        json.WriteStartObject();
        json.WriteString("name", rule.Name);
        json.WriteString("metric", rule.Info.Name);
        json.WriteString("unit", EnumNames.Of(rule.Info.Unit));
        json.WriteString("per", EnumNames.Of(rule.Per));
        if (rule.Model is { } model) json.WriteString("model", model.ToString());
        if (rule.Provider is { } provider) json.WriteString("provider", provider);
        json.WriteString("window", rule.Window.ToString());
        json.WriteString("comparison", EnumNames.Of(rule.Comparison));
        json.WriteNumber("threshold", rule.Threshold);
        json.WriteNumber("recoversAt", rule.RecoveryLevel);
        json.WriteNumber("leastN", rule.LeastN);
        json.WriteNumber("hysteresis", rule.Hysteresis);
        json.WriteNumber("for", rule.For);
        json.WriteNumber("everySeconds", (long)rule.Every.TotalSeconds);
        json.WriteString("severity", EnumNames.Of(rule.Severity));
        json.WriteBoolean("enabled", rule.IsEnabled);
        if (evaluated is { } at) json.WriteString("evaluated", at.UtcDateTime);
        else json.WriteNull("evaluated");
        json.WriteStartArray("scopes");
        foreach (var state in states.OrderBy(s => s.Scope, StringComparer.Ordinal)) WriteState(json, state);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, RuleState state)
    {
        json.WriteStartObject();
        json.WriteString("scope", state.Scope);
        json.WriteString("state", state.IsFiring ? "firing" : "ok");
        json.WriteString("since", state.Since.UtcDateTime);
        if (state.Value is { } value) json.WriteNumber("value", value);
        else json.WriteNull("value");
        json.WriteNumber("n", state.N);
        if (state.Detail is { } detail) json.WriteString("detail", detail);
        json.WriteBoolean("told", state.Owed == RuleNotice.None);
        json.WriteEndObject();
    }
}
