using System.Globalization;
using CostMonitor.Core.Input;

namespace CostMonitor.Functions.Telemetry;

/// <summary>Whether and how telemetry leaves the process, by OpenTelemetry's own names. The library reads the rest of them itself.</summary>
internal sealed record OtlpSettings
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL", Headers = "OTEL_EXPORTER_OTLP_HEADERS",
        Timeout = "OTEL_EXPORTER_OTLP_TIMEOUT", Attributes = "OTEL_RESOURCE_ATTRIBUTES", Service = "OTEL_SERVICE_NAME", Sampler = "OTEL_TRACES_SAMPLER";

    /// <summary><c>OTEL_SERVICE_NAME</c>: costmonitor if not set.</summary>
    public required string ServiceName { get; init; }

    /// <summary><c>OTEL_EXPORTER_OTLP_PROTOCOL</c>: true for <c>grpc</c>, false for <c>http/protobuf</c>, which it is if not set.</summary>
    public required bool IsGrpc { get; init; }

    /// <summary><c>OTEL_EXPORTER_OTLP_TIMEOUT</c>, in milliseconds: 1 to 60,000; 2,000 if not set.</summary>
    public required int TimeoutMs { get; init; }

    /// <summary>Whether <c>OTEL_TRACES_SAMPLER</c> says which traces are kept; all are if not set.</summary>
    public required bool HasSampler { get; init; }

    /// <returns>Null when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is not set: nothing is exported.</returns>
    /// <exception cref="InputException">All faulty settings.</exception>
    public static OtlpSettings? Read(Func<string, string?> setting)
    {
        if (setting(Endpoint) is not { Length: > 0 } endpoint) return null;
        var faults = new InputFaults();
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            faults.Add("setting", Endpoint, $"Expected an address, as in http://127.0.0.1:4318, got '{endpoint}'.");
        }

        var protocol = setting(Protocol) is { Length: > 0 } name ? name : "http/protobuf";
        if (protocol is not ("grpc" or "http/protobuf")) faults.Add("setting", Protocol, $"Expected grpc or http/protobuf, got '{protocol}'.");
        var timeout = 2000;
        if (setting(Timeout) is { Length: > 0 } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out timeout) || timeout is < 1 or > 60_000))
        {
            faults.Add("setting", Timeout, $"Expected milliseconds from 1 to 60000, got '{text}'.");
        }

        // Headers hold keys: their value is not shown.
        if (!ArePairs(setting(Headers))) faults.Add("setting", Headers, "Expected name=value, several separated by commas.");
        if (!ArePairs(setting(Attributes))) faults.Add("setting", Attributes, $"Expected name=value, several separated by commas, got '{setting(Attributes)}'.");
        faults.ThrowIfAny();
        return new OtlpSettings
        {
            ServiceName = setting(Service) is { Length: > 0 } service ? service : "costmonitor",
            IsGrpc = protocol == "grpc",
            TimeoutMs = timeout,
            HasSampler = setting(Sampler) is { Length: > 0 },
        };
    }

    private static bool ArePairs(string? list) => string.IsNullOrWhiteSpace(list) || list.Split(',').All(static pair => pair.Trim().IndexOf('=') > 0);
}
