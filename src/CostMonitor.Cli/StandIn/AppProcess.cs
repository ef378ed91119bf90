using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CostMonitor.Cli.StandIn;

/// <summary>The app's process: started with the host's environment, started again when it dies, killed at the end.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(25);
    private const int RememberedErrors = 3;

    private readonly HostSettings _host;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly string _folder;
    private readonly Action<string> _output;
    private readonly TimeProvider _clock;
    private readonly RestartPolicy _restarts;
    private readonly HttpClient _probe;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _lives;
    private volatile TaskCompletionSource<RunningApp> _ready = NewReady();

    /// <param name="host">What to start, and how long it may take to answer.</param>
    /// <param name="settings">The app settings, which become environment variables.</param>
    /// <param name="folder">The script root.</param>
    /// <param name="giveUpAfter">How many failures end it for good: 3 for the host.</param>
    /// <param name="output">Takes each line of the app, and what happens to its process.</param>
    /// <param name="clock">For waits and for the age of failures.</param>
    public AppProcess(
        HostSettings host, IReadOnlyDictionary<string, string> settings, string folder, int giveUpAfter, Action<string> output, TimeProvider clock)
    {
        (_host, _settings, _folder, _output, _clock) = (host, settings, Path.GetFullPath(folder), output, clock);
        _restarts = new RestartPolicy(giveUpAfter, clock);
        _probe = new HttpClient(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero });
        _lives = LiveAsync();
    }

    /// <summary>The process that answers now, or the next one once it does.</summary>
    /// <exception cref="AppUnavailableException">The app ended for good; the message says why.</exception>
    public Task<RunningApp> ReadyAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <summary>The process that answers now; null while none does.</summary>
    public RunningApp? Current => _ready.Task is { IsCompletedSuccessfully: true } ready ? ready.GetAwaiter().GetResult() : null;

    /// <summary>Ends when the app will not be started again.</summary>
    public Task Ended => _lives;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _lives;
        _probe.Dispose();
        _stop.Dispose();
    }

    private async Task LiveAsync()
    {
        string? refusal = null;
        while (refusal is null && !_stop.IsCancellationRequested)
        {
            try
            {
                refusal = await LiveOnceAsync();
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                refusal = $"{_host.App.Executable} cannot be started: {e.Message}";
            }
        }
        refusal ??= "the host is stopping";
        _output($"The app is down: {refusal}.");
        if (_ready.Task.IsCompleted) _ready = NewReady();
        _ready.TrySetException(new AppUnavailableException(refusal));
    }

    private async Task<string?> LiveOnceAsync()
    {
        var port = FreePort();
        var errors = new Queue<string>();
        using var process = Start(port, errors);
        var app = new RunningApp(process, new Uri($"http://127.0.0.1:{port}/"));
        try
        {
            if (await AnswersAsync(process, app.Address))
            {
                _output($"The app runs as process {app.ProcessId} on port {port}.");
                _ready.TrySetResult(app);
            }
            else if (!process.HasExited && !_stop.IsCancellationRequested)
            {
                _output($"The app did not answer within {_host.InitializationTimeout:c}; it is killed.");
                process.Kill();
            }
            await process.WaitForExitAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            process.Kill(); // as the host: no SIGTERM, no grace
            await process.WaitForExitAsync(CancellationToken.None);
            app.End();
            return null;
        }
        if (_ready.Task.IsCompleted) _ready = NewReady();
        app.End();
        var lastErrors = process.ExitCode == 0 ? "" : string.Concat(errors.Select(line => $"{Environment.NewLine}  {line}"));
        _output($"The app's process {process.Id} ended with exit code {process.ExitCode}.{lastErrors}");
        return _restarts.RefusalAfter(process.ExitCode);
    }

    private Process Start(int port, Queue<string> errors)
    {
        var start = new ProcessStartInfo(_host.App.Executable, _host.App.Arguments)
        {
            WorkingDirectory = _host.App.WorkingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        AppEnvironment.Add(start.Environment, _settings, _folder, port, Guid.NewGuid().ToString());
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => { if (line.Data is { } text) _output(text); };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { } text) return;
            lock (errors)
            {
                errors.Enqueue(text);
                if (errors.Count > RememberedErrors) errors.Dequeue();
            }
            _output(text);
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    // Any HTTP answer means ready, even 404 or 500; a refused connection means that it is still starting.
    private async Task<bool> AnswersAsync(Process process, Uri address)
    {
        using var timeout = new CancellationTokenSource(_host.InitializationTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        while (!process.HasExited && !either.IsCancellationRequested)
        {
            try
            {
                using var answer = await _probe.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, either.Token);
                return true;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(ProbeInterval, _clock, either.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                return false;
            }
        }
        return false;
    }

    // A new port for each start: if another process took it in between, the app fails and the next start gets another one.
    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (socket.LocalEndPoint as IPEndPoint)?.Port ?? 0;
    }

    private static TaskCompletionSource<RunningApp> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
