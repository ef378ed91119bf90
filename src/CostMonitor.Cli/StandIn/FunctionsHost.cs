using CostMonitor.Storage.Queues;

namespace CostMonitor.Cli.StandIn;

/// <summary>Stands in for the Azure Functions host: runs a custom handler with its timers, queues and HTTP functions.</summary>
public sealed class FunctionsHost : IAsyncDisposable
{
    private readonly AppProcess _app;
    private readonly Invoker _invoker;
    private readonly AppForwarder _forwarder;
    private readonly IReadOnlyList<FunctionDefinition> _functions;
    private readonly IReadOnlyList<TimerLoop> _timers;
    private readonly IReadOnlyList<QueueLoop> _queues;
    private readonly FunctionsHostOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private HttpFront? _front;

    private FunctionsHost(FunctionsHostOptions options, HostSettings host, IReadOnlyDictionary<string, string> settings)
    {
        (_options, _functions) = (options, host.Functions);
        _app = new AppProcess(host, settings, options.AppFolder, options.GiveUpAfter, options.Output, options.Clock);
        _invoker = new Invoker(_app, host.FunctionTimeout, options.Output, options.Clock);
        _forwarder = new AppForwarder(_app, host.InitializationTimeout, options.Clock);
        _timers = [.. host.Functions.OfType<FunctionDefinition.Timer>().Select(Loop)];
        _queues = [.. host.Functions.OfType<FunctionDefinition.Queue>().Select(function => Loop(function, host.Queues))];
    }

    /// <summary>Where the HTTP functions are.</summary>
    public Uri Address => _front?.Address ?? throw new InvalidOperationException("The host has not started.");

    /// <summary>The process id of the app; 0 while it restarts.</summary>
    public int AppProcessId => _app.Current?.ProcessId ?? 0;

    /// <summary>Ends when the app will not be started again; the output has said why.</summary>
    public Task AppEnded => _app.Ended;

    /// <summary>Starts the app, makes its queues, and begins to fire and to listen.</summary>
    /// <exception cref="SettingsException">host.json, a function.json or local.settings.json is wrong.</exception>
    /// <exception cref="AppUnavailableException">The app did not start.</exception>
    /// <exception cref="IOException">The HTTP port is taken.</exception>
    public static async Task<FunctionsHost> StartAsync(FunctionsHostOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = SettingsOf(options);
        var host = new FunctionsHost(options, HostSettings.Load(options.AppFolder, settings), settings);
        try
        {
            await host.BeginAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>The next process of the app that answers, or the one that does now.</summary>
    /// <exception cref="AppUnavailableException">The app ended for good.</exception>
    public Task WaitForAppAsync(CancellationToken cancellationToken) => _app.ReadyAsync(cancellationToken);

    /// <summary>Runs a timer function now.</summary>
    /// <exception cref="ArgumentException">No timer function has this name.</exception>
    public Task<InvocationOutcome> InvokeTimerAsync(string name, CancellationToken cancellationToken) =>
        _timers.FirstOrDefault(timer => timer.Name == name)?.InvokeNowAsync(cancellationToken)
            ?? throw new ArgumentException($"There is no timer function {name}.", nameof(name));

    /// <summary>Stops firing, hands messages back, and kills the app.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_front is not null) await _front.DisposeAsync();
        await Task.WhenAll(_running);
        await _app.DisposeAsync();
        foreach (var timer in _timers) timer.Dispose();
        _invoker.Dispose();
        _forwarder.Dispose();
        _stop.Dispose();
    }

    private static Dictionary<string, string> SettingsOf(FunctionsHostOptions options)
    {
        var settings = new Dictionary<string, string>(AppSettings.Read(options.AppFolder), StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in options.Settings) settings[name] = value;
        if (options.StorageConnectionString is { } storage) settings["AzureWebJobsStorage"] = storage;
        return settings;
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in _queues) await queue.CreateQueueAsync(cancellationToken);
        await _app.ReadyAsync(cancellationToken);
        _front = await HttpFront.StartAsync(_options.HttpPort, _functions, _forwarder.ForwardAsync, TryInvoke, cancellationToken);
        foreach (var timer in _timers) _running.Add(UntilStoppedAsync(timer.Name, timer.RunAsync));
        foreach (var queue in _queues) _running.Add(UntilStoppedAsync(queue.Name, queue.RunAsync));
    }

    // The outer edge of a loop: one that breaks must not take the others with it, and must not end in silence.
    private async Task UntilStoppedAsync(string name, Func<CancellationToken, Task> run)
    {
        try
        {
            await run(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _options.Output($"{name} is not triggered any more: {e}");
        }
    }

    private TimerLoop Loop(FunctionDefinition.Timer function)
    {
        var file = function.UseMonitor ? new ScheduleStatusFile(Path.Combine(_options.DataFolder, "timers", $"{function.Name}.json")) : null;
        return new TimerLoop(function, file, (status, isPastDue, stop) => _invoker.InvokeAsync(function, status, isPastDue, stop), _options.Clock);
    }

    private QueueLoop Loop(FunctionDefinition.Queue function, QueueSettings settings) =>
        new(function, settings, (message, stop) => _invoker.InvokeAsync(function, message, stop), _options.DuplicateDeliveries, _options.Output, _options.Clock);

    private bool TryInvoke(string name, string input)
    {
        if (_timers.FirstOrDefault(timer => timer.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } timer)
        {
            _ = UntilStoppedAsync(name, timer.InvokeNowAsync);
            return true;
        }
        if (_functions.OfType<FunctionDefinition.Queue>().FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } queue)
            return false;
        _ = UntilStoppedAsync(name, stop => _invoker.InvokeAsync(queue, MessageOf(input), stop));
        return true;
    }

    private QueueMessage MessageOf(string text)
    {
        var now = _options.Clock.GetUtcNow();
        return new(Guid.NewGuid().ToString(), "", text, 1, now, now + TimeSpan.FromDays(7), now + MessageLease.Visibility);
    }
}
