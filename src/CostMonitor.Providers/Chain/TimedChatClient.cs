using CostMonitor.Core.Calling;
using CostMonitor.Core.Pricing;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>Ends an attempt that takes too long, and a stream that has gone quiet, also when the client below heeds no cancellation.</summary>
public sealed class TimedChatClient : ChainLink
{
    private readonly ModelKey _model;
    private readonly CallLimits _limits;
    private readonly TimeProvider _time;

    /// <param name="model">The model, for messages.</param>
    /// <param name="inner">Any chat client.</param>
    /// <param name="limits">For calls that bring none of their own.</param>
    /// <param name="time">The clock of the limits.</param>
    public TimedChatClient(ModelKey model, IChatClient inner, CallLimits limits, TimeProvider time)
        : base(inner) => (_model, _limits, _time) = (model, limits, time);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = ModelCall.Ensure(ref options, _time);
        return new WatchedStream(_model, InnerClient, messages, options, call, call.Settings.Limits ?? _limits, _time, cancellationToken);
    }
}
