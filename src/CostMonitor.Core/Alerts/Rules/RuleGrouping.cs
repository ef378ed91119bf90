namespace CostMonitor.Core.Alerts.Rules;

/// <summary>What a rule is evaluated apart for.</summary>
public enum RuleGrouping
{
    /// <summary>All runs together.</summary>
    None,
    Model,
    Provider,
}
