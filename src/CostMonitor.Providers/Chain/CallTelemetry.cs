using System.Diagnostics;
using System.Diagnostics.Metrics;
using CostMonitor.Core.Calling;

namespace CostMonitor.Providers.Chain;

/// <summary>The spans and metrics of the calling chain. Those of single attempts follow the semantic conventions for generative AI, version 1.37.0.</summary>
/// <remarks>See docs/telemetry.md for every name, unit and attribute. Nothing here ever holds a prompt, an answer or a key.</remarks>
public static class CallTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "CostMonitor";

    internal const string Chat = "chat", Cancelled = "cancelled";

    /// <summary>The tags that a call's span and line show: never the user, and none of them on a metric, whose series they would multiply.</summary>
    internal static readonly TagDimension[] ShownTags = [TagDimension.Team, TagDimension.App, TagDimension.Feature, TagDimension.Experiment];

    private static readonly Meter Meter = new(Name);

    internal static ActivitySource Spans { get; } = new(Name);

    internal static Histogram<double> AttemptDuration { get; } = Seconds("gen_ai.client.operation.duration", "GenAI operation duration.",
        [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]);

    internal static Histogram<double> FirstToken { get; } = Seconds("gen_ai.server.time_to_first_token", "Time to generate first token for successful responses.",
        [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0]);

    internal static Histogram<long> Tokens { get; } = Counts("gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.",
        [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864]);

    // As the attempt's, and on to the longest call that the limits allow.
    internal static Histogram<double> CallDuration { get; } = Seconds("costmonitor.call.duration", "From a call's start to its end, with all its attempts and waits.",
        [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68, 655.36, 1310.72, 2621.44]);

    internal static Histogram<double> CallWait { get; } = Seconds("costmonitor.call.wait", "What a call that had to wait has waited.",
        [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]);

    internal static Histogram<long> CallAttempts { get; } = Counts("costmonitor.call.attempts", "{attempt}", "Requests made for a call, over all its deployments.",
        [0, 1, 2, 3, 4, 5, 6, 8, 11]);

    /// <summary>A name or an id that a server gave, such as an error's type, as telemetry may hold it: <c>_OTHER</c> for one that does not look like any.</summary>
    public static string? Cleaned(string? name) => TelemetryNames.OfServer(name);

    /// <summary>Whether anyone would see an attempt's metrics.</summary>
    internal static bool IsCounted => AttemptDuration.Enabled || FirstToken.Enabled || Tokens.Enabled;

    /// <summary>Whether anyone would see a call's span or its metrics.</summary>
    internal static bool IsHeard => Spans.HasListeners() || CallDuration.Enabled || CallWait.Enabled || CallAttempts.Enabled;

    private static Histogram<double> Seconds(string name, string description, double[] buckets) =>
        Meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });

    private static Histogram<long> Counts(string name, string unit, string description, long[] buckets) =>
        Meter.CreateHistogram(name, unit, description, advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = buckets });
}
