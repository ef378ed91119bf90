using System.CommandLine;
using CostMonitor.Cli.Api;
using CostMonitor.Cli.Azurite;
using CostMonitor.Cli.Commands;
using CostMonitor.Cli.Commands.Alerts;
using CostMonitor.Cli.Commands.Deploy;
using CostMonitor.Cli.Commands.Prices;
using CostMonitor.Cli.Npm;
using CostMonitor.Cli.Output;
using CostMonitor.Cli.StandIn;
using CostMonitor.Core.Input;
using CostMonitor.Storage;

var root = new RootCommand("CostMonitor: what LLM calls cost, how fast and how good they are.")
{
    UpCommand.Create(),
    DoctorCommand.Create(),
    SelfTestCommand.Create(),
    DeployCommand.Create(),
    PlanCommand.Create(),
    BenchCommand.Create(),
    SummarizeCommand.Create(),
    BatchCommand.Create(),
    RunsCommand.Create(),
    CacheCommand.Create(),
    BudgetCommand.Create(),
    AlertsCommand.Create(),
    PricesCommand.Create(),
    ModelsCommand.Create(),
    WorkbooksCommand.Create(),
};

// The outer edge: data has gone to stdout, what went wrong goes to stderr as words, and the exit code says which kind it was.
try
{
    var parsed = root.Parse(args);
    if (parsed.Errors.Count == 0) return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    foreach (var error in parsed.Errors) Words.Say(error.Message);
    Words.Say("'costmon --help' and 'costmon COMMAND --help' say what is known.");
    return ExitCodes.CouldNot; // the library's own answer is 1, which here means that a check failed
}
catch (OperationCanceledException)
{
    Words.Say("Stopped.");
    return ExitCodes.CouldNot;
}
catch (Exception e) when (e is InputException or SettingsException or NpmException or AzuriteException or AppUnavailableException or ApiException
    or StorageException or IOException or HttpRequestException or UnauthorizedAccessException or InvalidOperationException or FormatException or InvalidDataException)
{
    Words.Say(e.Message);
    return ExitCodes.CouldNot;
}
