using System.CommandLine;
using CostMonitor.Cli.Api;
using CostMonitor.Cli.Azurite;
using CostMonitor.Cli.Commands;
using CostMonitor.Cli.Output;
using CostMonitor.Cli.StandIn;
using CostMonitor.Core.Input;
using CostMonitor.Storage;

var root = new RootCommand("CostMonitor: what LLM calls cost, how fast and how good they are.")
{
    UpCommand.Create(),
    PlanCommand.Create(),
    BenchCommand.Create(),
    SummarizeCommand.Create(),
    BatchCommand.Create(),
    RunsCommand.Create(),
};

// The outer edge: data has gone to stdout, what went wrong goes to stderr as words, and the exit code says which kind it was.
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (OperationCanceledException)
{
    Words.Say("Stopped.");
    return ExitCodes.CouldNot;
}
catch (Exception e) when (e is InputException or SettingsException or AzuriteException or AppUnavailableException or ApiException
    or StorageException or IOException or HttpRequestException or UnauthorizedAccessException or InvalidOperationException or FormatException)
{
    Words.Say(e.Message);
    return ExitCodes.CouldNot;
}
