using CostMonitor.Core.Runs;

namespace CostMonitor.Providers.Calling;

/// <summary>A call that a provider refused or did not answer as its API says. The message holds neither key nor prompt.</summary>
public sealed class ProviderException(FailureStage stage, string errorType, string message, int? httpStatus = null, Exception? inner = null)
    : Exception(message, inner)
{
    public FailureStage Stage { get; } = stage;

    /// <summary>The provider's code, or the kind of fault in one word.</summary>
    public string ErrorType { get; } = errorType;

    /// <summary>The HTTP status; null when no answer came.</summary>
    public int? HttpStatus { get; } = httpStatus;
}
