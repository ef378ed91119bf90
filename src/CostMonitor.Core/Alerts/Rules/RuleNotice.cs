namespace CostMonitor.Core.Alerts.Rules;

/// <summary>What a step of a rule's state has to be told.</summary>
public enum RuleNotice
{
    None,

    /// <summary>The rule fires.</summary>
    Raise,

    /// <summary>What it fired for is over.</summary>
    Recover,
}
