namespace CostMonitor.Core.Alerts.Rules;

/// <summary>On which side of its threshold a rule fires; a value equal to the threshold never fires.</summary>
public enum RuleComparison
{
    Above,
    Below,
}
