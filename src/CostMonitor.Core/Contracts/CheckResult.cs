namespace CostMonitor.Core.Contracts;

/// <summary>What one check said of an answer.</summary>
/// <param name="Name">The check: <c>not_empty</c>, <c>length_chars</c>, <c>json</c>, <c>schema</c>, <c>sections</c>, <c>expected</c>,
/// <c>safety</c>, <c>provider_error</c> or <c>mentions_error</c>.</param>
/// <param name="Passed">Whether the answer passed.</param>
/// <param name="Gates">False for a check that is only reported and enters neither score nor compliance.</param>
/// <param name="Detail">Why it failed; null when it passed. Names places, never quotes the answer.</param>
public sealed record CheckResult(string Name, bool Passed, bool Gates, string? Detail);
