using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Runs;

/// <summary>What a run cost, by its tokens and by what became of its attempts. The same when a run is recorded and when it is priced anew.</summary>
public static class CallPricing
{
    /// <summary>Prices some tokens: what they are billed as, the model that answered by its own account, the tokens.</summary>
    public delegate CallCost TokenPrice(Offer offer, string? answeredBy, TokenUsage tokens);

    /// <summary>The cost of the whole call: of what the record is of, and of the earlier attempts that a provider charges for.</summary>
    /// <returns>Unknown when a part of it has tokens and no price. An earlier attempt of which nothing is known is none of it: see <see cref="RunRecord.UnknownAttempts"/>.</returns>
    public static CallCost CostOf(RunRecord run, TokenPrice price)
    {
        if (run.Cache is not null) return CallCost.Known(Usd.Zero, "cached");
        var cost = TokensToPrice(run, out var otherwise) is { } tokens ? price(run.Offer, run.AnsweredBy, tokens) : otherwise;
        foreach (var attempt in run.EarlierAttempts)
        {
            if (cost.Amount is not { } sum) return cost;
            if (attempt.Usage is not { } usage) continue;
            var part = price(attempt.Offer, null, usage.Tokens);
            cost = part.Amount is { } amount ? CallCost.Known(sum + amount, cost.Label ?? "") : part;
        }

        return cost;
    }

    /// <summary>What one failed attempt cost.</summary>
    public static CallCost CostOf(CallAttempt attempt, TokenPrice price) =>
        attempt.Usage is { } usage ? price(attempt.Offer, null, usage.Tokens) : WithoutUsage(attempt.Failure);

    /// <summary>What a provider would have billed for the answer that the cache gave; null for a run that asked a provider.</summary>
    public static CallCost? SavedBy(RunRecord run, TokenPrice price) =>
        run.Cache is { } hit ? price(run.Offer, run.AnsweredBy, hit.Tokens) : null;

    /// <summary>Whether a price decides what the run cost: it has tokens that one can be asked for.</summary>
    public static bool IsPriced(RunRecord run) =>
        run.Cache is null && (TokensToPrice(run, out _) is not null || run.EarlierAttempts.Any(static a => a.Usage is not null));

    /// <summary>Why the usage of an answered call is not believed; null if it is.</summary>
    public static string? UsageFault(MeasuredUsage? usage, int characters) => usage switch
    {
        null => "The reply reports no usage.",
        { Tokens.TotalInput: 0 } => "The usage reports 0 input tokens: the API's contract is not what the adapter expects.",
        { Tokens.TotalOutput: 0 } when characters > 0 => "The usage reports 0 output tokens for a reply that is not empty.",
        _ => null,
    };

    // Null when no price decides what the last attempt cost; 'otherwise' then says it.
    private static TokenUsage? TokensToPrice(RunRecord run, out CallCost otherwise)
    {
        otherwise = default;
        if (run.Failure is null && UsageFault(run.Usage, run.Text.Characters) is { } fault)
        {
            otherwise = CallCost.Unknown(fault); // a price times a wrong figure is no cost
            return null;
        }

        if (run.Usage is { } usage) return usage.Tokens;
        otherwise = WithoutUsage(run.Failure);
        return null;
    }

    private static CallCost WithoutUsage(RunFailure? failure) => failure switch
    {
        { Stage: FailureStage.Admission or FailureStage.Contract } => CallCost.Known(Usd.Zero, "not called"),
        { HttpStatus: 401 or 403 or 404 or 409 or 429 } => CallCost.Known(Usd.Zero, "not billed"),
        { Stage: FailureStage.Connect } when failure.ErrorType is not ("timeout" or "deadline") => CallCost.Known(Usd.Zero, "not called"),
        _ => CallCost.Unknown("The provider reported no usage, and what it billed cannot be known."),
    };
}
