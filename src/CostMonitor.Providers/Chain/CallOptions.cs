using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>The options of a call in the chain: they carry it from link to link, copies included.</summary>
internal sealed class CallOptions : ChatOptions
{
    public CallOptions(ChatOptions? asked, ModelCall call)
        : base(asked) => Call = call;

    public ModelCall Call { get; }

    public override ChatOptions Clone() => new CallOptions(this, Call);
}
