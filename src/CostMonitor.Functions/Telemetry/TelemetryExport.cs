using System.Runtime.CompilerServices;
using CostMonitor.Core.Input;
using CostMonitor.Providers.Chain;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CostMonitor.Functions.Telemetry;

/// <summary>Sends spans and metrics to a collector by OTLP. Its libraries are loaded only where that is asked for.</summary>
internal sealed partial class TelemetryExport : IDisposable
{
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(2);

    private readonly TracerProvider _spans;
    private readonly MeterProvider _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private TelemetryExport(OtlpSettings settings, TimeProvider time, ILogger logger)
    {
        (_time, _logger) = (time, logger);
        var resource = ResourceBuilder.CreateDefault().AddService(settings.ServiceName);
        var spans = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(CallTelemetry.Name, "Microsoft.AspNetCore") // the second one: the invocations, above the calls that they make
            .AddOtlpExporter(To);
        // The usual sampler would follow the host's own tracing, and keep nothing where that keeps nothing.
        if (!settings.HasSampler) spans.SetSampler(new AlwaysOnSampler());
        _spans = spans.Build();
        _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(CallTelemetry.Name).AddOtlpExporter(To).Build();

        void To(OtlpExporterOptions exporter) =>
            (exporter.Protocol, exporter.TimeoutMilliseconds) = (settings.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf, settings.TimeoutMs);
    }

    /// <returns>Null when no collector is set, or when its settings are faulty: that is logged, and calls are measured all the same.</returns>
    public static TelemetryExport? Open(Func<string, string?> setting, TimeProvider time, ILogger logger)
    {
        try
        {
            return OtlpSettings.Read(setting) is { } settings ? Create(settings, time, logger) : null;
        }
        catch (InputException e)
        {
            foreach (var fault in e.Faults) Log.FaultySetting(logger, fault.ToString());
            return null;
        }
    }

    /// <summary>Sends what there is, for 2 seconds at most: the host may end the process without notice once an invocation has been answered.</summary>
    public async Task FlushAsync()
    {
        try
        {
            var limit = (int)LongestFlush.TotalMilliseconds;
            var sent = await Task.WhenAll(Task.Run(() => _spans.ForceFlush(limit)), Task.Run(() => _metrics.ForceFlush(limit))).WaitAsync(LongestFlush, _time);
            if (sent.Contains(false)) Log.NotFlushed(_logger);
        }
        catch (TimeoutException)
        {
            Log.NotFlushed(_logger);
        }
    }

    public void Dispose()
    {
        _spans.Dispose();
        _metrics.Dispose();
    }

    // A method of its own, so that nothing above it needs the libraries.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TelemetryExport Create(OtlpSettings settings, TimeProvider time, ILogger logger) => new(settings, time, logger);

    private static partial class Log
    {
        [LoggerMessage(711, LogLevel.Error, "Telemetry is not exported: {Fault}")]
        public static partial void FaultySetting(ILogger logger, string fault);

        [LoggerMessage(712, LogLevel.Warning, "The telemetry of this invocation was not taken by the collector in time.")]
        public static partial void NotFlushed(ILogger logger);
    }
}
