using Azure;
using CostMonitor.Core.Alerts.Rules;

namespace CostMonitor.Storage.Records;

/// <summary>A rule's state and the version of its row.</summary>
public readonly record struct KeptRuleState(RuleState State, ETag Version);
