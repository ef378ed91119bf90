using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using CostMonitor.Providers.Chain;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>One recorded value of a metric.</summary>
internal sealed record Measurement(Instrument Instrument, double Value, IReadOnlyDictionary<string, object?> Tags);

/// <summary>Listens to the spans and metrics of one model, so that tests beside this one are not heard.</summary>
internal sealed class CapturedTelemetry : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<Measurement> _measurements = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();

    public CapturedTelemetry(string model)
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == CallTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("gen_ai.request.model") is string name && name == model) _spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == CallTelemetry.Name) listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags, model));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags, model));
        _meters.Start();
    }

    /// <summary>In the order of their ends.</summary>
    public IReadOnlyList<Activity> Spans => [.. _spans];

    public IReadOnlyList<Measurement> All => [.. _measurements];

    public IReadOnlyList<Measurement> Of(string metric) => [.. _measurements.Where(m => m.Instrument.Name == metric)];

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, string model)
    {
        var kept = new Dictionary<string, object?>();
        foreach (var tag in tags) kept.Add(tag.Key, tag.Value); // throws if a name stands twice
        if (kept.GetValueOrDefault("gen_ai.request.model") is string name && name == model) _measurements.Enqueue(new Measurement(instrument, value, kept));
    }
}
