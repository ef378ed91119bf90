using System.Diagnostics;
using System.Globalization;
using CostMonitor.Testing.ScriptedServer;

namespace CostMonitor.Bench;

/// <summary>The scripted server in a process of its own, so that its work is not counted as ours.</summary>
internal sealed class ModelServerProcess : IDisposable
{
    private readonly Process _process;

    private ModelServerProcess(Process process, string address) => (_process, Endpoint) = (process, address + "v1/");

    public string Endpoint { get; }

    public static async Task<ModelServerProcess> StartAsync(int delayMs, int tokens)
    {
        var process = Start("serve", delayMs.ToString(CultureInfo.InvariantCulture), tokens.ToString(CultureInfo.InvariantCulture));
        var address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The scripted server did not start.");
        return new ModelServerProcess(process, address);
    }

    /// <summary>The requests served so far.</summary>
    public async Task<int> CountAsync()
    {
        await _process.StandardInput.WriteLineAsync("count");
        return int.Parse(await _process.StandardOutput.ReadLineAsync() ?? "-1", CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close(); // the server ends with its input
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>The child's side.</summary>
    public static async Task<int> ServeAsync(string delay, string tokens)
    {
        await using var server = await ScriptedModelServer.StartAsync();
        var count = int.Parse(tokens, CultureInfo.InvariantCulture);
        var script = new Script
        {
            FirstTokenDelay = TimeSpan.FromMilliseconds(int.Parse(delay, CultureInfo.InvariantCulture)),
            Tokens = count,
            Usage = $$"""{"prompt_tokens":9,"completion_tokens":{{count}},"total_tokens":{{9 + count}}}""",
        };
        server.Respond = _ => script;
        server.KeepsRequests = false;
        Console.WriteLine(server.Address);
        while (await Console.In.ReadLineAsync() is not null) Console.WriteLine(server.Count);
        return 0;
    }

    /// <summary>Runs this program as a child and gives its last line.</summary>
    public static async Task<string> ChildAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim().Split('\n')[^1] : throw new InvalidOperationException($"The child failed: {output}");
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException("The child did not start.");
    }
}
