namespace CostMonitor.Core.Alerts.Rules;

/// <summary>What a rule's metric is for one of its scopes.</summary>
/// <param name="Scope">A model, a provider, or nothing for all runs.</param>
/// <param name="Value">In the metric's unit; null when it is unknown: there is nothing to compute it from, or too little.</param>
/// <param name="N">The values that it comes from, or would come from.</param>
/// <param name="Detail">What it is made of, such as the deployments that are down; null if there is nothing to say.</param>
public readonly record struct RuleMeasure(string Scope, decimal? Value, int N, string? Detail = null);
