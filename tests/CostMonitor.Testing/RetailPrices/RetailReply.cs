namespace CostMonitor.Testing.RetailPrices;

/// <summary>One answer of <see cref="RetailPriceServer"/>.</summary>
/// <param name="Body">A page, or what is said instead.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="RetryAfter">The header of that name; null for none.</param>
public sealed record RetailReply(string Body, int Status = 200, string? RetryAfter = null);
