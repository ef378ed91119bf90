namespace CostMonitor.Core.Alerts.Rules;

/// <summary>In what a metric and the thresholds of its rules are measured.</summary>
public enum RuleUnit
{
    Usd,
    Percent,
    Tokens,
    Seconds,
    Count,
}
