using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using CostMonitor.Cli.Npm;

namespace CostMonitor.Cli.Azurite;

/// <summary>A running storage emulator. Disposing stops it so that nothing that it has acknowledged is lost.</summary>
public sealed class AzuriteProcess : IAsyncDisposable
{
    private const string Account = "devstoreaccount1"; // public, as its key is: every emulator has them
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const int Terminate = 15;

    private static readonly string[] Services = ["blob", "queue", "table"];

    // It writes its files when it ends: 6 s were measured at 200,000 rows.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lastLines = new();
    private readonly AzuriteOptions _options;
    private int _listening;

    private AzuriteProcess(Process process, AzuriteOptions options)
    {
        (_process, _options) = (process, options);
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>A connection string to the blob, queue and table service.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
        + string.Concat(Services.Select((service, i) =>
            $"{char.ToUpperInvariant(service[0])}{service[1..]}Endpoint=http://127.0.0.1:{_options.FirstPort + i}/{Account};"));

    /// <summary>The emulator's process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Installs the emulator where needed, starts it, and waits until its three services listen.</summary>
    /// <exception cref="NpmException">Node.js is missing, or npm failed.</exception>
    /// <exception cref="AzuriteException">A port is taken, or it ended at once.</exception>
    public static async Task<AzuriteProcess> StartAsync(AzuriteOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        for (var i = 0; i < Services.Length; i++) ThrowIfTaken(options.FirstPort + i, options.PortSetting);
        var folder = await NpmFolder.EnsureAsync("Azurite", cancellationToken);
        var azurite = new AzuriteProcess(NpmFolder.Start(new("node", Arguments(folder, options)) { WorkingDirectory = folder }), options);
        try
        {
            await azurite.ReadyAsync(cancellationToken);
            return azurite;
        }
        catch
        {
            await azurite.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks it to stop with SIGTERM and waits; SIGKILL would lose up to 5 s of acknowledged writes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            if (OperatingSystem.IsWindows()) _process.Kill();
            else _ = SendSignal(_process.Id, Terminate);
            using var timeout = new CancellationTokenSource(StopTimeout);
            try
            {
                await _process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                _options.Output($"Azurite did not stop within {StopTimeout:c}; it is killed.");
                _process.Kill();
            }
        }
        _process.Dispose();
    }

    private static IEnumerable<string> Arguments(string folder, AzuriteOptions options) =>
    [
        Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js"),
        .. options.DataFolder is { } data ? new[] { "--location", Path.GetFullPath(data) } : ["--inMemoryPersistence"],
        .. Services.SelectMany((service, i) => new[] { $"--{service}Host", "127.0.0.1", $"--{service}Port", $"{options.FirstPort + i}" }),
        "--silent", "--loose", "--skipApiVersionCheck", "--disableTelemetry",
    ];

    private static void ThrowIfTaken(int port, string setting)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AzuriteException(
                $"Port {port} of 127.0.0.1 is taken, perhaps by another Azurite or another costmon: stop it, or choose other ports with {setting}.", e);
        }
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        var ended = _process.WaitForExitAsync(cancellationToken);
        if (await Task.WhenAny(_ready.Task, ended) == _ready.Task) return;
        await ended;
        throw new AzuriteException($"Azurite ended with {_process.ExitCode} before it was ready: {string.Join(' ', _lastLines)}");
    }

    private void Read(string? line)
    {
        if (line is null) return;
        if (!_ready.Task.IsCompleted) _lastLines.Enqueue(line);
        _options.Output(line);
        if (line.Contains("successfully listen", StringComparison.Ordinal) && Interlocked.Increment(ref _listening) == Services.Length)
            _ready.TrySetResult();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
