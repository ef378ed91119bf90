namespace CostMonitor.Providers.Calling;

/// <summary>What came of asking an endpoint for any answer.</summary>
/// <param name="Connect">The time that its connection took; null if none was made or there was one.</param>
/// <param name="HttpStatus">Of the answer, whatever it is; null if none came.</param>
/// <param name="Failure">Why none came; null if one did.</param>
internal sealed record Reach(TimeSpan? Connect, int? HttpStatus, string? Failure);
