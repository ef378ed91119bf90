using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using CostMonitor.Cli.Npm;

namespace CostMonitor.Testing.Azurite;

/// <summary>A storage emulator of its own: in memory, on free ports of 127.0.0.1, gone when disposed.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private const string Account = "devstoreaccount1"; // public, as its key is
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const int Terminate = 15;

    private static readonly string[] Services = ["Blob", "Queue", "Table"];
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _logged = new(0);
    private readonly List<string> _startLines = [];
    private int _listening;
    private long _requests;

    private AzuriteServer(Process process, int[] ports)
    {
        _process = process;
        (BlobEndpoint, QueueEndpoint, TableEndpoint) = (Address(ports[0]), Address(ports[1]), Address(ports[2]));
    }

    /// <summary>Address of the blob service, with the account.</summary>
    public Uri BlobEndpoint { get; }

    /// <summary>Address of the queue service, with the account.</summary>
    public Uri QueueEndpoint { get; }

    /// <summary>Address of the table service, with the account.</summary>
    public Uri TableEndpoint { get; }

    /// <summary>A connection string to all three services.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
        + $"BlobEndpoint={BlobEndpoint};QueueEndpoint={QueueEndpoint};TableEndpoint={TableEndpoint};";

    /// <summary>Requests answered so far, by the server's own access log: an account of transactions that no client can get wrong.</summary>
    /// <remarks>The log follows the answers by a few milliseconds: see <see cref="WaitForRequestsAsync"/>.</remarks>
    public long RequestsServed => Interlocked.Read(ref _requests);

    /// <summary>Starts a server and waits until all three services listen.</summary>
    /// <exception cref="InvalidOperationException">Node.js is missing, or the server ended.</exception>
    public static async Task<AzuriteServer> StartAsync(CancellationToken cancellationToken)
    {
        var folder = await NpmFolder.EnsureAsync("Azurite", cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var server = Launch(folder, FreePorts());
            if (await server.IsReadyAsync(cancellationToken)) return server;
            var lines = server.StartLines();
            await server.DisposeAsync();
            // Between looking and listening another process may have taken a port.
            if (attempt == 5 || !lines.Contains("EADDRINUSE", StringComparison.Ordinal))
                throw new InvalidOperationException($"Azurite ended before it was ready:\n{lines}");
        }
    }

    /// <summary>Waits until the access log has reached <paramref name="count"/> requests since the start.</summary>
    public async Task WaitForRequestsAsync(long count, CancellationToken cancellationToken)
    {
        while (RequestsServed < count) await _logged.WaitAsync(cancellationToken);
    }

    /// <summary>Asks the server to stop, and ends it when it has not after 10 seconds.</summary>
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
                _process.Kill();
            }
        }
        _process.Dispose();
    }

    private static AzuriteServer Launch(string folder, int[] ports)
    {
        string[] arguments =
        [
            Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js"),
            "--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck",
            .. Services.SelectMany((service, i) => new[] { $"--{service.ToLowerInvariant()}Host", "127.0.0.1", $"--{service.ToLowerInvariant()}Port", $"{ports[i]}" }),
        ];
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("node", arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
            EnableRaisingEvents = true,
        };
        var server = new AzuriteServer(process, ports);
        process.OutputDataReceived += (_, e) => server.Read(e.Data);
        process.ErrorDataReceived += (_, e) => server.Read(e.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("Tests against storage need Node.js 20 or newer on the PATH.", e);
        }
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        _ = EndAsync();
        return await _ready.Task.WaitAsync(cancellationToken);

        async Task EndAsync() // WaitForExitAsync also waits for the last lines
        {
            await _process.WaitForExitAsync(CancellationToken.None);
            _ready.TrySetResult(false);
        }
    }

    // 127.0.0.1 - - [21/Nov/2026:04:11:39 +0000] "POST /devstoreaccount1/Tables HTTP/1.1" 204 -
    private void Read(string? line)
    {
        if (line is null) return;
        if (line.Contains(" HTTP/1.1\" ", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _requests);
            _logged.Release();
        }
        else if (!_ready.Task.IsCompleted)
        {
            lock (_startLines) _startLines.Add(line);
        }
        if (line.Contains("successfully listen", StringComparison.Ordinal) && Interlocked.Increment(ref _listening) == Services.Length)
            _ready.TrySetResult(true);
    }

    private string StartLines()
    {
        lock (_startLines) return string.Join('\n', _startLines);
    }

    private static int[] FreePorts()
    {
        var listeners = Services.Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start(); // all at once, so that they differ
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Stop();
        return ports;
    }

    private static Uri Address(int port) => new($"http://127.0.0.1:{port}/{Account}");

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
