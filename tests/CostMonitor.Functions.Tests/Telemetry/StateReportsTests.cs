using CostMonitor.Functions.Telemetry;
using CostMonitor.Testing;

namespace CostMonitor.Functions.Tests.Telemetry;

public sealed class StateReportsTests
{
    private readonly SteppedTime _time = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
    private readonly Recorded _sent = new();

    [Fact]
    public void Unpriced_GivenTheSameNumberEachMinute_IsSentOnceAnHour()
    {
        var states = new StateReports(_sent, _time);
        for (var minute = 0; minute <= 120; minute++, _time.Advance(TimeSpan.FromMinutes(1))) states.Unpriced(3);

        Assert.Equal([3, 3, 3], _sent.Values); // at 0, 60 and 120
    }

    [Fact]
    public void Unpriced_GivenAnotherNumber_IsSentAtOnce()
    {
        var states = new StateReports(_sent, _time);
        foreach (var calls in new[] { 0, 2, 2, 0 })
        {
            states.Unpriced(calls);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([0, 2, 0], _sent.Values);
    }

    [Fact]
    public void Storage_GivenRequests_AddsUpToAll()
    {
        var states = new StateReports(_sent, _time);
        foreach (var sent in new[] { 10, 20, 1009, 1010, 1020 }) states.Storage(sent);
        _time.Advance(TimeSpan.FromMinutes(15));
        states.Storage(1021);

        Assert.Equal([10, 1000, 11], _sent.Values); // the first, a thousand more, a quarter of an hour later
    }

    [Fact]
    public void Of_GivenMoreValuesThanItKeeps_CallsTheRestOther()
    {
        var bounded = new BoundedValues(2);

        Assert.Equal(["a", "b", "(other)", "a", null], new[] { "a", "b", "c", "a", null }.Select(v => bounded.Of("team", v)));
        Assert.Equal("c", bounded.Of("app", "c"));
    }

    private sealed class Recorded : IMonitorTelemetry
    {
        public List<double> Values { get; } = [];

        public bool IsOn => true;

        public IReadOnlyList<string> Faults => [];

        public void Event(string name, TelemetryValues values) => throw new InvalidOperationException("No event is expected.");

        public void Metric(string name, double value, TelemetryValues dimensions) => Values.Add(value);

        public void Dependency(ModelRequest request) => throw new InvalidOperationException("No request is expected.");

        public Task FlushAsync() => Task.CompletedTask;
    }
}
