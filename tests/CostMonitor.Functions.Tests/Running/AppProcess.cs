using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CostMonitor.Functions.Tests.Running;

/// <summary>The app as the host starts it: a process with settings in its environment, spoken to over loopback.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private AppProcess(Process process, int port)
    {
        _process = process;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = Patience };
    }

    public HttpClient Http { get; }

    /// <summary>What the app has written so far.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public static async Task<AppProcess> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var port = FreePort();
        var folder = AppContext.BaseDirectory;
        var start = new ProcessStartInfo(Path.Combine(folder, "costmonitor-app"))
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}";
        start.Environment["FUNCTIONS_APP_ROOT_PATH"] = folder;
        var process = new Process { StartInfo = start };
        var app = new AppProcess(process, port);
        process.OutputDataReceived += (_, line) => app._lines.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => app._lines.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await app.AnswersAsync();
        return app;
    }

    /// <summary>Waits for so many lines of the app's output that hold a text: they come a little after what they tell of.</summary>
    public async Task<int> CountLinesAsync(string text, int expected)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var count = LinesWith(text);
            if (count >= expected || watch.Elapsed > Patience) return count;
            await Task.Delay(Poll);
        }
    }

    /// <summary>How many lines of the app's output so far hold a text.</summary>
    public int LinesWith(string text) => _lines.Count(l => l.Contains(text, StringComparison.Ordinal));

    /// <summary>The files that the process has mapped, its assemblies among them; as Linux lists them.</summary>
    public Task<string> LoadedFilesAsync() => File.ReadAllTextAsync($"/proc/{_process.Id}/maps");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task AnswersAsync()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var answer = await Http.GetAsync(new Uri("/", UriKind.Relative));
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited && watch.Elapsed < Patience)
            {
                await Task.Delay(Poll);
            }
            catch (HttpRequestException e)
            {
                throw new InvalidOperationException($"The app did not start: {string.Join('\n', _lines)}", e);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
