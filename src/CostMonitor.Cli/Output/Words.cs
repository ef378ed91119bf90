using Spectre.Console;

namespace CostMonitor.Cli.Output;

/// <summary>Words for people go to stderr, data to stdout: so a pipe gets data alone.</summary>
internal static class Words
{
    /// <summary>The console of words, for a progress bar.</summary>
    public static IAnsiConsole Console { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Error) });

    public static void Say(string text) => System.Console.Error.WriteLine(text);
}
