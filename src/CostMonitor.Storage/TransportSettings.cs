namespace CostMonitor.Storage;

/// <summary>What tests set to reach a stub at once, and production leaves alone but for a probe.</summary>
internal sealed record TransportSettings
{
    public HttpMessageHandler Handler { get; init; } = NewHandler();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The wait before the first retry; it doubles, with jitter, up to 10 seconds.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>Attempts beyond the first: 3, or none where somebody waits to hear what is wrong.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>The longest wait for one attempt's answer.</summary>
    public TimeSpan NetworkTimeout { get; init; } = TimeSpan.FromSeconds(30);

    // One pool an account, without a limit on connections; their lifetime lets a change of DNS be seen.
    private static SocketsHttpHandler NewHandler() => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        AllowAutoRedirect = false,
        UseCookies = false,
    };
}
