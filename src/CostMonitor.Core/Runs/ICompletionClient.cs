namespace CostMonitor.Core.Runs;

/// <summary>How Core sees any model: asks it, and measures.</summary>
public interface ICompletionClient
{
    /// <returns>The outcome; whatever goes wrong at the provider is <see cref="RunOutcome.Failed"/>, not an exception.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up; nothing is known of the call.</exception>
    Task<RunOutcome> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken);
}
