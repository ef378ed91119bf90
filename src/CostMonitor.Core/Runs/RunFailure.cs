namespace CostMonitor.Core.Runs;

/// <summary>Why a run failed, as its record keeps it.</summary>
/// <inheritdoc cref="RunOutcome.Failed"/>
public sealed record RunFailure(FailureStage Stage, string ErrorType, string Message, int? HttpStatus);
