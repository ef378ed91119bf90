using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using Xunit;

namespace CostMonitor.Providers.Tests.Chain;

public sealed class FailureKindTests
{
    [Theory]
    // stage, type, status | transient, unhealthy, for another
    [InlineData(FailureStage.Connect, "connection_refused", null, true, true, true)]
    [InlineData(FailureStage.Connect, "connection_reset", null, true, true, true)]
    [InlineData(FailureStage.Connect, "connection_closed", null, true, true, true)]
    [InlineData(FailureStage.Connect, "connection", null, true, true, true)]
    [InlineData(FailureStage.Connect, "unreachable", null, true, true, true)]
    [InlineData(FailureStage.Connect, "timeout", null, true, true, true)]
    [InlineData(FailureStage.Connect, "connect_timeout", null, true, true, true)]
    [InlineData(FailureStage.Connect, "dns", null, false, true, true)]
    [InlineData(FailureStage.Connect, "tls", null, false, true, true)]
    [InlineData(FailureStage.Connect, "deadline", null, false, false, false)]
    [InlineData(FailureStage.Stream, "broke_off", 200, true, true, true)]
    [InlineData(FailureStage.Stream, "timeout", 200, true, true, true)]
    [InlineData(FailureStage.Stream, "stalled", 200, true, true, true)]
    [InlineData(FailureStage.Stream, "overloaded", 200, true, true, true)]
    [InlineData(FailureStage.Stream, "deadline", 200, false, false, false)]
    [InlineData(FailureStage.Stream, "unheard_of", 200, false, true, true)]
    [InlineData(FailureStage.Stream, "answer_too_long", 200, false, false, false)]
    [InlineData(FailureStage.Parse, "invalid_json", 200, false, true, true)]
    [InlineData(FailureStage.Parse, "html", 200, false, true, true)]
    [InlineData(FailureStage.Parse, "not_http", null, false, true, true)]
    [InlineData(FailureStage.Provider, "overloaded", 200, true, true, true)]
    [InlineData(FailureStage.Provider, "invalid_prompt", 200, false, false, false)]
    [InlineData(FailureStage.Provider, "bad_request", 400, false, false, false)]
    [InlineData(FailureStage.Provider, "content_filter", 400, false, false, false)]
    [InlineData(FailureStage.Provider, "invalid_api_key", 401, false, false, true)]
    [InlineData(FailureStage.Provider, "forbidden", 403, false, false, true)]
    [InlineData(FailureStage.Provider, "model_not_found", 404, false, false, true)]
    [InlineData(FailureStage.Provider, "timeout", 408, true, true, true)]
    [InlineData(FailureStage.Provider, "conflict", 409, true, false, true)]
    [InlineData(FailureStage.Provider, "too_large", 413, false, false, false)]
    [InlineData(FailureStage.Provider, "unprocessable", 422, false, false, false)]
    [InlineData(FailureStage.Provider, "rate_limit_exceeded", 429, true, true, true)]
    [InlineData(FailureStage.Provider, "insufficient_quota", 429, false, true, true)]
    [InlineData(FailureStage.Provider, "billing_hard_limit_reached", 429, false, true, true)]
    [InlineData(FailureStage.Provider, "billing_not_active", 429, false, true, true)]
    [InlineData(FailureStage.Provider, "server_error", 500, true, true, true)]
    [InlineData(FailureStage.Provider, "http_502", 502, true, true, true)]
    [InlineData(FailureStage.Provider, "http_503", 503, true, true, true)]
    [InlineData(FailureStage.Provider, "http_504", 504, true, true, true)]
    [InlineData(FailureStage.Provider, "overloaded_error", 529, true, true, true)]
    [InlineData(FailureStage.Provider, "InvalidOperationException", null, false, false, false)]
    [InlineData(FailureStage.Contract, "unsupported_parameter", 400, false, false, false)]
    [InlineData(FailureStage.Admission, "entra_token", null, false, false, false)]
    public void Kinds_GivenAFailure_SayWhatItMeans(FailureStage stage, string type, int? status, bool isTransient, bool isUnhealthy, bool isForAnother)
    {
        var failure = Chains.Failure(stage, type, status);

        Assert.Equal((isTransient, isUnhealthy, isForAnother), (FailureKind.IsTransient(failure), FailureKind.IsUnhealthy(failure), FailureKind.IsForAnother(failure)));
    }

    [Theory]
    [InlineData(RefusalReason.BreakerOpen, true)]
    [InlineData(RefusalReason.LimiterFull, true)]
    [InlineData(RefusalReason.LimiterWait, true)]
    [InlineData(RefusalReason.NoRoute, false)]
    [InlineData(RefusalReason.AllDown, false)]
    [InlineData(RefusalReason.CachedOnly, false)]
    [InlineData(RefusalReason.KeyReused, false)]
    public void Kinds_GivenARefusalOfTheChain_NeverBlameTheDeployment(RefusalReason reason, bool isForAnother)
    {
        var refused = new CallRefusedException(reason, "Refused.");

        Assert.Equal((false, false, isForAnother), (FailureKind.IsTransient(refused), FailureKind.IsUnhealthy(refused), FailureKind.IsForAnother(refused)));
    }
}
