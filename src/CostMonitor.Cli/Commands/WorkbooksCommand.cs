using System.CommandLine;
using System.Text.Json;
using CostMonitor.Cli.Output;
using CostMonitor.Cli.Workbooks;
using Spectre.Console;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon workbooks</c>: joins the workbooks' templates with their queries.</summary>
internal static class WorkbooksCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "The folder with workbooks/ and queries/; infra if not given.", DefaultValueFactory = static _ => "infra" };
        var check = new Option<bool>("--check") { Description = "Write nothing; exit with 1 if a workbook is not what its template and queries make." };
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var command = new Command("workbooks", "Makes infra/workbooks/*.workbook.json of their templates and of infra/queries.") { folder, check, json };
        command.SetAction(parsed =>
        {
            var isCheck = parsed.GetValue(check);
            var results = new WorkbookFolder(parsed.GetValue(folder) ?? "infra").Build().Select(b => (b.Path, State: Put(b.Path, b.Text, isCheck))).ToArray();
            if (parsed.GetValue(json)) Data.Json(writer => Write(writer, results));
            else Data.Table(Table(results));
            return isCheck && results.Any(static r => r.State == "differs") ? ExitCodes.CheckFailed : ExitCodes.Fine;
        });
        return command;
    }

    private static string Put(string path, string text, bool isCheck)
    {
        if (File.Exists(path) && File.ReadAllText(path) == text) return "as it is to be";
        if (isCheck) return "differs";
        File.WriteAllText(path, text);
        return "written";
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<(string Path, string State)> results)
    {
        json.WriteStartArray();
        foreach (var (path, state) in results)
        {
            json.WriteStartObject();
            json.WriteString("workbook", path);
            json.WriteString("state", state);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static Table Table(IReadOnlyList<(string Path, string State)> results)
    {
        var table = new Table().AddColumns("workbook", "state");
        foreach (var (path, state) in results) table.AddRow(Markup.Escape(path), state);
        return table;
    }
}
