namespace CostMonitor.Core.Budgets;

/// <summary>One period of a budget.</summary>
/// <param name="Key">Names it, as in <c>2026-11-21</c>, <c>2026-W47</c>, <c>2026-11</c>; <c>rolling</c> for a budget whose window moves.</param>
/// <param name="Start">Its first instant, UTC.</param>
/// <param name="End">The first instant behind it, UTC. Of a rolling one, now.</param>
public readonly record struct BudgetSpan(string Key, DateTimeOffset Start, DateTimeOffset End);
