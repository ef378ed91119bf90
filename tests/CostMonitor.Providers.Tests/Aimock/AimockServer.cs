using System.Diagnostics;
using System.Text.RegularExpressions;
using CostMonitor.Cli.Npm;
using Xunit;

namespace CostMonitor.Providers.Tests.Aimock;

/// <summary>An OpenAI-compatible server that this project did not write, on a free port, with our fixtures.</summary>
public sealed partial class AimockServer : IAsyncLifetime, IDisposable
{
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _lines = [];
    private Process? _process;

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public async Task InitializeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var folder = await NpmFolder.EnsureAsync("Aimock", limit.Token);
        string[] arguments =
        [
            Path.Combine(folder, "node_modules", "@copilotkit", "aimock", "dist", "cli.js"),
            "--host", "127.0.0.1", "--port", "0", "--chunk-size", "8", "--fixtures", Path.Combine(AppContext.BaseDirectory, "Aimock", "fixtures.json"),
        ];
        var start = new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Read(e.Data);
        _process.ErrorDataReceived += (_, e) => Read(e.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException("aimock ended before it was ready: " + string.Join('\n', _lines)));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Address = await _ready.Task.WaitAsync(limit.Token);
    }

    public async Task DisposeAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public void Dispose() => _process?.Dispose();

    private void Read(string? line)
    {
        if (line is null) return;
        lock (_lines) _lines.Add(line);
        if (Listening().Match(line) is { Success: true } match) _ready.TrySetResult(new Uri(match.Groups[1].Value + "/"));
    }

    [GeneratedRegex(@"listening on (http://\S+)")]
    private static partial Regex Listening();
}
