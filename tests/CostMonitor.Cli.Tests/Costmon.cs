using System.Diagnostics;

namespace CostMonitor.Cli.Tests;

/// <summary>Runs the real <c>costmon</c> as a process of its own.</summary>
internal static class Costmon
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What a run of <c>costmon</c> said and how it ended.</summary>
    internal sealed record Result(int ExitCode, string Output, string Words);

    public static Task<Result> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);

    public static async Task<Result> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var process = Start(environment, arguments);
        var (output, words) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return new Result(process.ExitCode, await output, await words);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Starts it and leaves it to the caller, whose output pipes it must read.</summary>
    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "costmon"), arguments)
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("costmon did not start.");
    }
}
