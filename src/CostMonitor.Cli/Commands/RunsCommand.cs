using System.CommandLine;
using CostMonitor.Cli.Output;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon runs</c>.</summary>
internal static class RunsCommand
{
    public static Command Create() => new("runs", "Shows single runs.") { Show(), RunsDearestCommand.Create() };

    private static Command Show()
    {
        var id = new Argument<string>("run") { Description = "The run's id: a batch id, a dot and six digits." };
        var json = new Option<bool>("--json") { Description = "Accepted as everywhere; a run is always printed as JSON." };
        var app = new AppOptions();
        var command = new Command("show", "Prints a run's record, and its cost and quality recomputed; exit code 1 when they disagree.") { id, json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var run = await client.GetAsync($"/api/runs/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}", cancellationToken);
            Data.Json(run.WriteTo);
            return run.GetProperty("recomputed").GetProperty("agrees").GetBoolean() ? ExitCodes.Fine : ExitCodes.CheckFailed;
        });
        return command;
    }
}
