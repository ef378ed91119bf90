using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Runs;

/// <summary>How a call ended.</summary>
public abstract record RunOutcome
{
    private RunOutcome()
    {
    }

    /// <summary>Measured on a monotonic clock; for a failed call, up to the failure.</summary>
    public required CallTimings Timings { get; init; }

    /// <summary>The tokens, reported or estimated; null when the call cannot have used any or none can be known.</summary>
    public MeasuredUsage? Usage { get; init; }

    /// <summary>Why the provider stopped: <c>stop</c>, <c>length</c>, <c>content_filter</c> ...; null if it did not say.</summary>
    public string? FinishReason { get; init; }

    /// <summary>What was generated, for a failed call as far as it came.</summary>
    public string Text { get; init; } = "";

    /// <summary>The model that answered by its own account, such as a dated version; null if it did not say.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>What the provider bills the call as; null where the model was called under its own name in the ordinary form.</summary>
    public Offer? BilledAs { get; init; }

    /// <summary>The provider's id of the request, for its support; null if it gave none.</summary>
    public string? ProviderRequestId { get; init; }

    /// <summary>Its attempts, waits and route.</summary>
    public CallPath Path { get; init; } = CallPath.None;

    /// <summary>What the call holds of its budgets, to be settled by whoever records it; null where no budget covers it.</summary>
    public ICallCharge? Charge { get; init; }

    /// <summary>The model answered to the end.</summary>
    public sealed record Succeeded : RunOutcome;

    /// <summary>The call failed.</summary>
    public sealed record Failed : RunOutcome
    {
        public required FailureStage Stage { get; init; }

        /// <summary>The kind of error in one word or the provider's code: <c>timeout</c>, <c>rate_limit_exceeded</c> ...</summary>
        public required string ErrorType { get; init; }

        /// <summary>What went wrong, for people; never holds a key or a prompt.</summary>
        public required string Message { get; init; }

        /// <summary>The HTTP status, if an answer came.</summary>
        public int? HttpStatus { get; init; }
    }
}
