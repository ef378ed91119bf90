namespace CostMonitor.Storage.Records;

/// <summary>What is kept of the alert rules.</summary>
/// <param name="States">One for each scope that a rule was evaluated for.</param>
/// <param name="Evaluated">When each rule was evaluated last; a rule that never was is absent.</param>
public sealed record KeptRules(IReadOnlyList<KeptRuleState> States, IReadOnlyDictionary<string, DateTimeOffset> Evaluated);
