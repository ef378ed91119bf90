using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Runs;

/// <summary>Whether a call has tokens that a price can be asked for, and what it cost if it has none. The same when a run is recorded and when it is priced anew.</summary>
public static class CallPricing
{
    /// <summary>The tokens to price; null when no price decides what the call cost.</summary>
    /// <param name="failure">Null when the model answered to the end.</param>
    /// <param name="usage">What was reported or estimated; null if nothing is known.</param>
    /// <param name="characters">Length of the answer, in UTF-16 code units.</param>
    /// <param name="otherwise">The cost when there is nothing to price: 0 for a call that was not made or not billed, or unknown with its reason.</param>
    public static TokenUsage? TokensToPrice(RunFailure? failure, MeasuredUsage? usage, int characters, out CallCost otherwise)
    {
        otherwise = failure is null && UsageFault(usage, characters) is { } fault
            ? CallCost.Unknown(fault) // a price times a wrong figure is no cost
            : usage is null ? WithoutUsage(failure) : default;
        return failure is null && UsageFault(usage, characters) is not null ? null : usage?.Tokens;
    }

    /// <summary>Why the usage of an answered call is not believed; null if it is.</summary>
    public static string? UsageFault(MeasuredUsage? usage, int characters) => usage switch
    {
        null => "The reply reports no usage.",
        { Tokens.TotalInput: 0 } => "The usage reports 0 input tokens: the API's contract is not what the adapter expects.",
        { Tokens.TotalOutput: 0 } when characters > 0 => "The usage reports 0 output tokens for a reply that is not empty.",
        _ => null,
    };

    private static CallCost WithoutUsage(RunFailure? failure) => failure switch
    {
        { Stage: FailureStage.Admission or FailureStage.Contract } => CallCost.Known(Usd.Zero, "not called"),
        { HttpStatus: 401 or 403 or 404 or 429 } => CallCost.Known(Usd.Zero, "not billed"),
        { Stage: FailureStage.Connect } when failure.ErrorType != "timeout" => CallCost.Known(Usd.Zero, "not called"),
        _ => CallCost.Unknown("The provider reported no usage, and what it billed cannot be known."),
    };
}
