namespace CostMonitor.Cli.StandIn;

/// <summary>How the app is started: host.json's <c>customHandler.description</c>.</summary>
/// <param name="Executable">A full path, or a command to be found on PATH.</param>
/// <param name="Arguments">Passed as they are.</param>
/// <param name="WorkingDirectory">A full path.</param>
internal sealed record AppCommand(string Executable, IReadOnlyList<string> Arguments, string WorkingDirectory);
