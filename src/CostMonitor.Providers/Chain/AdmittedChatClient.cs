using CostMonitor.Core.Calling;
using CostMonitor.Providers.Calling;
using Microsoft.Extensions.AI;

namespace CostMonitor.Providers.Chain;

/// <summary>Looks at every call that is about to be paid for: refuses it while only cached answers are served, and lowers its output limit while that is asked for.</summary>
/// <param name="inner">The client to ask.</param>
/// <param name="levers">Gives the levers in force.</param>
public sealed class AdmittedChatClient(IChatClient inner, Func<CallLevers> levers) : ChainLink(inner)
{
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var pulled = levers();
        if (pulled.CachedOnly) throw new CallRefusedException(RefusalReason.CachedOnly, "Only cached answers are served just now (setting CachedOnly), and there is none for this call.");
        if (pulled.MaxOutputTokens is { } most && !(options?.MaxOutputTokens <= most))
        {
            options = options?.Clone() ?? new ChatOptions();
            options.MaxOutputTokens = most;
        }

        return InnerClient.GetStreamingResponseAsync(messages, options, cancellationToken);
    }
}
