using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CostMonitor.Cli.Files;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Statistics;
using Spectre.Console;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon runs dearest</c>: the runs that cost most, and whether a long prompt or a long answer is why.</summary>
internal static class RunsDearestCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files") { Description = "JSONL files of runs.", Arity = ArgumentArity.OneOrMore };
        var top = new Option<int>("--top") { Description = "How many: 1 to 1,000.", DefaultValueFactory = _ => 10 };
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var command = new Command("dearest", "Lists the runs that cost most, beside the median of their model.") { files, top, json };
        command.SetAction(parsed =>
        {
            var count = parsed.GetValue(top) is var n and >= 1 and <= 1000 ? n : throw new InvalidOperationException($"--top is from 1 to 1000, got {parsed.GetValue(top)}.");
            var runs = DearRun.Of((parsed.GetValue(files) ?? []).SelectMany(JsonlRunFile.Read), count);
            if (parsed.GetValue(json)) Data.Json(writer => Write(writer, runs));
            else Data.Table(Table(runs));
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Table Table(IReadOnlyList<DearRun> runs)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("run", "model", "prompt");
        foreach (var column in new[] { "cost", "x median", "prompt tokens x", "answer tokens x" }) table.AddColumn(new TableColumn(column).RightAligned());
        table.AddColumn("unusual");
        foreach (var run in runs)
        {
            table.AddRow([.. new[]
            {
                run.Run.Id.ToString(), run.Run.Model.ToString(), run.Run.PromptId, run.Cost.ToString(), Times(run.CostToMedian), Times(run.InputToMedian), Times(run.OutputToMedian),
                string.Join(", ", Unusual(run)),
            }.Select(Markup.Escape)]);
        }

        return table;
    }

    private static IEnumerable<string> Unusual(DearRun run)
    {
        if (run.HasLongPrompt) yield return "long prompt";
        if (run.HasLongAnswer) yield return "long answer";
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<DearRun> runs)
    {
        json.WriteStartArray();
        foreach (var run in runs)
        {
            json.WriteStartObject();
            json.WriteString("id", run.Run.Id.ToString());
            json.WriteString("model", run.Run.Model.ToString());
            json.WriteString("prompt", run.Run.PromptId);
            json.WriteNumber("costUsd", run.Cost.Amount);
            WriteTimes(json, "costToMedian", run.CostToMedian);
            WriteTimes(json, "inputToMedian", run.InputToMedian);
            WriteTimes(json, "outputToMedian", run.OutputToMedian);
            json.WriteBoolean("longPrompt", run.HasLongPrompt);
            json.WriteBoolean("longAnswer", run.HasLongAnswer);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTimes(Utf8JsonWriter json, string name, double? times)
    {
        if (times is { } value) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private static string Times(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";
}
