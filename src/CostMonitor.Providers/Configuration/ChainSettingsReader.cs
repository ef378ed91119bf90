using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Core.Input;
using CostMonitor.Providers.Chain;

namespace CostMonitor.Providers.Configuration;

/// <summary>Reads <c>calling</c> of models.json or of one of its entries: how models are called.</summary>
internal static class ChainSettingsReader
{
    private const long MostPerMinute = 1_000_000_000_000;
    private static readonly string[] OfALimiter = ["queue", "learn", "longestWaitSeconds"];
    private static readonly string[] OfAModel =
        ["attemptSeconds", "totalSeconds", "stallSeconds", "retries", "backoffSeconds", "longestBackoffSeconds", "longestRetryAfterSeconds", "longestAnswerCharacters", "breaker", "limits"];

    /// <summary>Reads what holds for all models; connections are shared, so their limit is for all.</summary>
    public static ChainSettings ReadUsual(InputNode? node) => Read(node, ChainSettings.Default, [.. OfAModel, "connectSeconds"], OfALimiter);

    /// <summary>Reads what holds for one model.</summary>
    /// <param name="node">Null when its entry says nothing.</param>
    /// <param name="usual">What holds for all that it does not say.</param>
    public static ChainSettings Read(InputNode? node, ChainSettings usual) => Read(node, usual, OfAModel, ["requestsPerMinute", "tokensPerMinute", .. OfALimiter]);

    private static ChainSettings Read(InputNode? node, ChainSettings usual, string[] known, string[] knownLimits)
    {
        if (node is not { } calling) return usual;
        calling.AllowOnly(known);
        var settings = usual with
        {
            Limits = new CallLimits
            {
                Connect = Seconds(calling, "connectSeconds", 0.1, 60, usual.Limits.Connect),
                Attempt = Seconds(calling, "attemptSeconds", 0.1, 3600, usual.Limits.Attempt),
                Total = Seconds(calling, "totalSeconds", 0.1, 3600, usual.Limits.Total),
                Stall = Seconds(calling, "stallSeconds", 0.1, 600, usual.Limits.Stall),
            },
            Retry = new RetrySettings
            {
                Retries = (int)(calling.OptionalInteger("retries", 0, 10) ?? usual.Retry.Retries),
                Backoff = Seconds(calling, "backoffSeconds", 0.001, 60, usual.Retry.Backoff),
                LongestBackoff = Seconds(calling, "longestBackoffSeconds", 0.001, 600, usual.Retry.LongestBackoff),
                LongestRetryAfter = Seconds(calling, "longestRetryAfterSeconds", 0, 600, usual.Retry.LongestRetryAfter),
            },
            Breaker = ReadBreaker(calling.Property("breaker"), usual.Breaker),
            Limiter = ReadLimiter(calling.Property("limits"), usual.Limiter, knownLimits),
            LongestAnswerCharacters = (int)(calling.OptionalInteger("longestAnswerCharacters", 1_000, 100_000_000) ?? usual.LongestAnswerCharacters),
        };
        if (settings.Limits.Attempt > settings.Limits.Total) calling.Fault("attemptSeconds is more than totalSeconds: an attempt is a part of the call.");
        return settings;
    }

    private static BreakerSettings ReadBreaker(InputNode? node, BreakerSettings usual)
    {
        if (node is not { } breaker) return usual;
        breaker.AllowOnly("enabled", "failures", "errorShare", "windowSeconds", "minimumCalls", "openSeconds");
        return new BreakerSettings
        {
            IsEnabled = breaker.Flag("enabled", usual.IsEnabled),
            Failures = (int)(breaker.OptionalInteger("failures", 1, 1000) ?? usual.Failures),
            ErrorShare = breaker.OptionalNumber("errorShare", 0.01, 1) ?? usual.ErrorShare,
            Window = Seconds(breaker, "windowSeconds", 1, 3600, usual.Window),
            MinimumCalls = (int)(breaker.OptionalInteger("minimumCalls", 1, 10_000) ?? usual.MinimumCalls),
            OpenFor = Seconds(breaker, "openSeconds", 0.1, 3600, usual.OpenFor),
        };
    }

    // The limits themselves are a deployment's own, so that the file's usual settings have none.
    private static LimiterSettings ReadLimiter(InputNode? node, LimiterSettings usual, string[] known)
    {
        if (node is not { } limits) return usual;
        limits.AllowOnly(known);
        return new LimiterSettings
        {
            Limits = new RateLimits(limits.OptionalInteger("requestsPerMinute", 1, MostPerMinute), limits.OptionalInteger("tokensPerMinute", 1, MostPerMinute)),
            Queue = (int)(limits.OptionalInteger("queue", 0, 100_000) ?? usual.Queue),
            Learns = limits.Flag("learn", usual.Learns),
            LongestWait = Seconds(limits, "longestWaitSeconds", 0, 3600, usual.LongestWait),
        };
    }

    private static TimeSpan Seconds(InputNode node, string name, double least, double most, TimeSpan usual) =>
        node.OptionalNumber(name, least, most) is { } seconds ? TimeSpan.FromSeconds(seconds) : usual;
}
