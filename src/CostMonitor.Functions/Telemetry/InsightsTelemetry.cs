using Azure.Identity;
using Microsoft.ApplicationInsights;
using Microsoft.ApplicationInsights.Channel;
using Microsoft.ApplicationInsights.DataContracts;
using Microsoft.ApplicationInsights.Extensibility;

namespace CostMonitor.Functions.Telemetry;

/// <summary>Sends telemetry to Application Insights.</summary>
/// <remarks>
/// Nothing is sampled. What there is leaves with the flush before an invocation's answer, and every 15 seconds besides. What the service does not take is
/// lost: at most <see cref="MostWaiting"/> items wait for it, and it is a view of what the records hold.
/// </remarks>
internal sealed partial class InsightsTelemetry : IMonitorTelemetry, IDisposable
{
    private const int MostWaiting = 5000;

    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(2), Interval = TimeSpan.FromSeconds(15);

    private readonly InMemoryChannel _channel = new() { BacklogSize = MostWaiting, SendingInterval = Interval };
    private readonly IngestionWatch _watch;
    private readonly TelemetryConfiguration _configuration;
    private readonly TelemetryClient _client;
    private readonly Func<string?> _invocation;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private Task _sending = Task.CompletedTask;
    private bool _isAskedAgain;

    /// <param name="settings">Where to, and as whom.</param>
    /// <param name="invocation">Gives the id of the invocation that is running; null outside of any.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Takes what goes wrong.</param>
    public InsightsTelemetry(InsightsSettings settings, Func<string?> invocation, TimeProvider time, ILogger logger)
    {
        (_invocation, _time, _logger, _watch) = (invocation, time, logger, new IngestionWatch(logger));
        _configuration = new TelemetryConfiguration { TelemetryChannel = _channel, ConnectionString = settings.ConnectionString };
        if (settings.UsesIdentity)
        {
            _configuration.SetAzureTokenCredential(new ManagedIdentityCredential(
                settings.ClientId is { } client ? ManagedIdentityId.FromUserAssignedClientId(client) : ManagedIdentityId.SystemAssigned));
        }

        _client = new TelemetryClient(_configuration);
        _client.Context.Cloud.RoleName = "costmonitor";
        _client.Context.Cloud.RoleInstance = Environment.MachineName;
    }

    public bool IsOn => true;

    public IReadOnlyList<string> Faults => [];

    public void Event(string name, TelemetryValues values)
    {
        var item = new EventTelemetry(name) { Timestamp = _time.GetUtcNow() };
        foreach (var (number, value) in values.Numbers) item.Metrics[number] = value;
        _client.TrackEvent(Described(item, values));
    }

    public void Metric(string name, double value, TelemetryValues dimensions) =>
        _client.TrackMetric(Described(new MetricTelemetry { Name = name, Sum = value, Count = 1, Timestamp = _time.GetUtcNow() }, dimensions));

    public void Dependency(ModelRequest request) => _client.TrackDependency(Described(
        new DependencyTelemetry(TelemetryNames.ModelRequest, request.Target, request.Name, "", request.Started, request.Took, request.Status, request.IsSuccess), request.Values));

    public async Task FlushAsync()
    {
        try
        {
            await SendAllAsync().WaitAsync(LongestFlush, _time);
        }
        catch (TimeoutException)
        {
            Log.NotFlushed(_logger);
        }
    }

    public void Dispose()
    {
        _configuration.Dispose();
        _channel.Dispose();
        _watch.Dispose();
    }

    /// <summary>One send at a time: behind a service that hangs no more threads wait than one. What comes while it is under way is sent by a second one after it.</summary>
    private Task SendAllAsync()
    {
        lock (_gate)
        {
            if (_sending.IsCompleted) return _sending = Task.Run(Send);
            if (_isAskedAgain) return _sending;
            _isAskedAgain = true;
            return _sending = SendAfterAsync(_sending);
        }
    }

    private async Task SendAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate) _isAskedAgain = false;
        Send();
    }

    private void Send() => _channel.Flush(LongestFlush);

    private T Described<T>(T item, TelemetryValues values)
        where T : ITelemetry, ISupportProperties
    {
        foreach (var (dimension, value) in values.Dimensions) item.Properties[dimension] = value;
        if (_invocation() is not { } invocation) return item;
        item.Context.Operation.Id = invocation;
        item.Properties[TelemetryNames.InvocationId] = invocation;
        return item;
    }

    private static partial class Log
    {
        [LoggerMessage(714, LogLevel.Warning, "The telemetry of this invocation was not taken by Application Insights in time.")]
        public static partial void NotFlushed(ILogger logger);
    }
}
