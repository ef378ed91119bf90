using Azure.Core;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;

namespace CostMonitor.Providers.Wire;

/// <summary>An Entra token of one scope, fetched again five minutes before it ends.</summary>
internal sealed class EntraToken(TokenCredential credential, string scope, TimeProvider time)
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);
    private readonly TokenRequestContext _context = new([scope]);
    private Held? _held;

    /// <returns>The value of the Authorization header.</returns>
    public async ValueTask<string> GetHeaderAsync(CancellationToken cancellationToken)
    {
        if (_held is { } held && held.Ends - Margin > time.GetUtcNow()) return held.Header;
        try
        {
            var token = await credential.GetTokenAsync(_context, cancellationToken);
            _held = new Held("Bearer " + token.Token, token.ExpiresOn); // two at once fetch twice: harmless, and rarer than a lock is worth
            return _held.Header;
        }
        catch (Exception e) when (e is not OperationCanceledException) // a credential may throw anything, and none of it is ours to pass on
        {
            var why = Redaction.ExcerptOf(e.Message, null);
            throw new ModelCallException(FailureStage.Admission, "entra_token", $"No Entra token for {scope}: {why}", e);
        }
    }

    private sealed record Held(string Header, DateTimeOffset Ends)
    {
        public override string ToString() => "***";
    }
}
