using System.Diagnostics;
using CostMonitor.Providers.Chain;

namespace CostMonitor.Functions.Telemetry;

/// <summary>Makes a dependency of each attempt's span, which the chain has for nothing once somebody listens.</summary>
internal sealed class AttemptListener : IDisposable
{
    private readonly ActivityListener _listener;

    /// <param name="telemetry">Takes the dependencies.</param>
    /// <param name="region">Gives a deployment's region; null if unknown.</param>
    public AttemptListener(IMonitorTelemetry telemetry, Func<string, string?> region)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == CallTelemetry.Name,
            // All data, and not "recorded": whether a trace is exported by OTLP is for its sampler to say.
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.Kind == ActivityKind.Client) telemetry.Dependency(RequestOf(span, region));
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    private static ModelRequest RequestOf(Activity span, Func<string, string?> region)
    {
        var (deployment, provider) = (Text("costmonitor.deployment"), Text("gen_ai.provider.name") ?? "");
        return new ModelRequest(
            span.DisplayName, provider, Text("server.address") ?? provider, span.StartTimeUtc, span.Duration, Text("http.response.status_code") ?? "", Text("error.type") is null,
            new TelemetryValues
            {
                { "model", deployment }, { "provider", deployment?.Split(':')[0] }, { "region", deployment is null ? null : region(deployment) },
                { "lane", Text("costmonitor.lane") }, { "failedAt", Text("costmonitor.failed_at") }, { "errorType", Text("error.type") },
            });

        string? Text(string tag) => span.GetTagItem(tag)?.ToString();
    }
}
