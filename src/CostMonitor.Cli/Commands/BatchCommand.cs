using System.CommandLine;
using System.Text;
using System.Text.Json;
using CostMonitor.Cli.Files;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Runs;
using Spectre.Console;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon batch submit|status|results</c>.</summary>
internal static class BatchCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "JSON instead of a table." };

    public static Command Create() => new("batch", "Runs prompts in batches through the app's queue.") { Submit(), Status(), Results() };

    private static Command Submit()
    {
        var file = new Argument<string>("file") { Description = "A batch as .json, or a prompt set as .csv." };
        var models = new Option<string?>("--models") { Description = "For a .csv: the models, as in openai:gpt-4o-mini,sim:small-latest." };
        var id = new Option<string?>("--batch") { Description = "For a .csv: an id of your own; the same id is never run twice." };
        var app = new AppOptions();
        var command = new Command("submit", "Submits a batch and prints its state.") { file, models, id, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            var isCsv = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
            var query = isCsv ? $"?models={Uri.EscapeDataString(parsed.GetValue(models) ?? "")}" : "";
            if (isCsv && parsed.GetValue(id) is { } name) query += $"&batch={Uri.EscapeDataString(name)}";
            using var client = app.Client(parsed);
            var state = await client.PostAsync($"/api/batches{query}", InputFiles.Text(path), isCsv ? "text/csv" : "application/json", cancellationToken);
            Write(state, parsed.GetValue(Json));
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command Status()
    {
        var id = new Argument<string>("batch") { Description = "The batch's id." };
        var wait = new Option<bool>("--wait") { Description = "Wait until the batch is done." };
        var app = new AppOptions();
        var command = new Command("status", "Prints how far a batch is; exit code 1 when it ended incomplete.") { id, wait, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var path = $"/api/batches/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}";
            var state = await client.GetAsync(path, cancellationToken);
            while (parsed.GetValue(wait) && state.GetProperty("state").GetString() is "queued" or "running")
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
                state = await client.GetAsync(path, cancellationToken);
            }

            Write(state, parsed.GetValue(Json));
            return state.GetProperty("state").GetString() == "incomplete" ? ExitCodes.CheckFailed : ExitCodes.Fine;
        });
        return command;
    }

    private static Command Results()
    {
        var id = new Argument<string>("batch") { Description = "The batch's id." };
        var csv = new Option<string?>("--csv") { Description = "Write the runs to this file as CSV instead of to stdout as JSONL." };
        var app = new AppOptions();
        var command = new Command("results", "Prints the runs of a batch, one JSON object a line.") { id, csv, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var runs = new List<RunRecord>();
            await foreach (var run in RunsAsync(client, parsed.GetRequiredValue(id), cancellationToken))
            {
                if (parsed.GetValue(csv) is null) Console.Out.WriteLine(Line(run));
                else runs.Add(RunJson.Read(run));
            }

            if (parsed.GetValue(csv) is { } path) CsvRunFile.Write(path, runs);
            return ExitCodes.Fine;
        });
        return command;
    }

    private static async IAsyncEnumerable<JsonElement> RunsAsync(
        Api.AppClient client, string id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var continuation = ""; ;)
        {
            var page = await client.GetAsync($"/api/batches/{Uri.EscapeDataString(id)}/runs?top=1000{continuation}", cancellationToken);
            foreach (var run in page.GetProperty("runs").EnumerateArray()) yield return run;
            if (page.GetProperty("continuation").GetString() is not { } next) yield break;
            continuation = $"&continuation={Uri.EscapeDataString(next)}";
        }
    }

    private static string Line(JsonElement run)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) run.WriteTo(json);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Write(JsonElement state, bool asJson)
    {
        if (asJson)
        {
            Data.Json(state.WriteTo);
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).HideHeaders();
        table.AddColumns("what", "value");
        foreach (var property in state.EnumerateObject()) table.AddRow(property.Name, Markup.Escape(property.Value.ToString()));
        Data.Table(table);
    }
}
