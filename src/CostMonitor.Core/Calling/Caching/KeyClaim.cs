namespace CostMonitor.Core.Calling.Caching;

/// <summary>What a process hears that wants to ask under an idempotency key.</summary>
public abstract record KeyClaim
{
    private KeyClaim()
    {
    }

    /// <summary>It may: no other process asks under the key until the claim is given back, or over.</summary>
    /// <param name="Token">Names the claim.</param>
    public sealed record Taken(string Token) : KeyClaim;

    /// <summary>There is a result already.</summary>
    public sealed record Known(CachedAnswer Result) : KeyClaim;

    /// <summary>Another process asks just now.</summary>
    /// <param name="Question">What it asks.</param>
    public sealed record Busy(CacheKey Question) : KeyClaim;
}
