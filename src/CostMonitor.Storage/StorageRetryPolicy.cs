using Azure.Core;
using Azure.Core.Pipeline;

namespace CostMonitor.Storage;

/// <summary>Retries with exponential waits and jitter, after 408, 429, 500, 502, 503, 504 or no answer.</summary>
/// <remarks>A Retry-After is honoured up to 30 seconds; beyond, the caller hears at once rather than hang.</remarks>
internal sealed class StorageRetryPolicy(int retries, TimeSpan delay)
    : RetryPolicy(retries, DelayStrategy.CreateExponentialDelayStrategy(delay, MaxDelay))
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(30);

    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        await base.ShouldRetryAsync(message, exception) && !AsksTooMuch(message);

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) =>
        base.ShouldRetry(message, exception) && !AsksTooMuch(message);

    private static bool AsksTooMuch(HttpMessage message) =>
        message.HasResponse
        && message.Response.Headers.TryGetValue("Retry-After", out var text)
        && int.TryParse(text, out var seconds)
        && seconds > LongestRetryAfter.TotalSeconds;
}
