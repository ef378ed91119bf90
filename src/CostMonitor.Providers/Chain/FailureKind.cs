using System.Collections.Frozen;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;

namespace CostMonitor.Providers.Chain;

/// <summary>What a failure says about trying again, about the deployment's health, and about another deployment.</summary>
internal static class FailureKind
{
    // OpenAI answers 429 also when the account has no money left: no wait helps.
    private static readonly FrozenSet<string> NotForWaiting = FrozenSet.ToFrozenSet(["insufficient_quota", "billing_hard_limit_reached", "billing_not_active"]);

    // What servers say inside an answer of status 200.
    private static readonly FrozenSet<string> TransientCodes = FrozenSet.ToFrozenSet(
        ["overloaded", "overloaded_error", "server_error", "internal_server_error", "api_error", "rate_limit_exceeded", "rate_limit_error", "timeout", "service_unavailable"]);

    private static readonly FrozenSet<string> TransientConnects = FrozenSet.ToFrozenSet(
        ["connection_refused", "connection_reset", "connection_closed", "connection", "unreachable", "timeout", "connect_timeout"]);

    // A question can ask for an answer without end: this says nothing of who gives it, and another would give it as well.
    private const string TooLong = "answer_too_long";

    /// <summary>Whether the same request may succeed a moment later. Only asked of failures before the first token.</summary>
    public static bool IsTransient(ModelCallException e) => e switch
    {
        CallRefusedException => false,
        { Stage: FailureStage.Connect } => TransientConnects.Contains(e.ErrorType),
        { Stage: FailureStage.Stream } => e.ErrorType is "broke_off" or "timeout" or "stalled" || TransientCodes.Contains(e.ErrorType),
        { Stage: FailureStage.Provider, HttpStatus: 200 } => TransientCodes.Contains(e.ErrorType),
        { Stage: FailureStage.Provider, HttpStatus: 429 } => !NotForWaiting.Contains(e.ErrorType),
        { Stage: FailureStage.Provider, HttpStatus: 408 or 409 or >= 500 } => true,
        _ => false,
    };

    /// <summary>Whether the failure counts against the deployment: one that any caller would have met, and not this request's own fault.</summary>
    public static bool IsUnhealthy(ModelCallException e) =>
        e is not CallRefusedException and { Stage: FailureStage.Connect or FailureStage.Stream or FailureStage.Parse, ErrorType: not ("deadline" or TooLong) } // a deadline gave less than an attempt's time
        || (IsTransient(e) && e.HttpStatus != 409)
        || (e.Stage == FailureStage.Provider && NotForWaiting.Contains(e.ErrorType));

    /// <summary>Whether another deployment may answer what this one did not.</summary>
    public static bool IsForAnother(ModelCallException e) => e switch
    {
        CallRefusedException { Reason: RefusalReason.BreakerOpen or RefusalReason.LimiterFull or RefusalReason.LimiterWait } => true,
        CallRefusedException => false,
        { ErrorType: "deadline" or TooLong } => false,
        { Stage: FailureStage.Contract or FailureStage.Admission } => false,
        { Stage: FailureStage.Provider, HttpStatus: 401 or 403 or 404 } => true, // this deployment is set up wrongly, the next one need not be
        _ => IsTransient(e) || IsUnhealthy(e),
    };
}
