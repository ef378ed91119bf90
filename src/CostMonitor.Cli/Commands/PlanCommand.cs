using System.CommandLine;
using System.Globalization;
using CostMonitor.Cli.Files;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Runs;
using Spectre.Console;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon plan</c>: the order in which a plan's runs are made.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("plan") { Description = "The plan's file." };
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var models = ModelsOption.Create();
        var command = new Command("plan", "Prints the runs of a plan in their order, which follows from its seed alone.") { file, models, json };
        command.SetAction(parsed =>
        {
            using var clients = ModelsOption.Read(parsed.GetValue(models), TimeProvider.System);
            var plan = InputFiles.Plan(parsed.GetRequiredValue(file), model => clients.IsConfigured(model, out _));
            var runs = RunSchedule.Of(plan, BatchOf(plan));
            if (parsed.GetValue(json)) WriteJson(plan, runs);
            else WriteTable(runs);
            return ExitCodes.Fine;
        });
        return command;
    }

    /// <summary>The batch of a benchmark follows from its plan, so that the same plan gives the same run ids.</summary>
    public static BatchId BatchOf(RunPlan plan) => new(string.Create(CultureInfo.InvariantCulture, $"bench-{plan.Name[..Math.Min(50, plan.Name.Length)]}-{plan.Seed}"));

    private static void WriteJson(RunPlan plan, IReadOnlyList<RunRequest> runs) => Data.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("plan", plan.Name);
        json.WriteNumber("seed", plan.Seed);
        json.WriteStartArray("independentVariables");
        json.WriteStringValue("model");
        json.WriteStringValue("prompt");
        json.WriteEndArray();
        json.WriteStartArray("dependentVariables");
        foreach (var variable in plan.DependentVariables) json.WriteStringValue(variable);
        json.WriteEndArray();
        json.WriteStartArray("runs");
        foreach (var run in runs)
        {
            json.WriteStartObject();
            json.WriteString("id", run.Id.ToString());
            json.WriteString("phase", run.Phase == RunPhase.WarmUp ? "warm_up" : "measured");
            json.WriteString("model", run.Model.ToString());
            json.WriteString("prompt", run.Prompt.Id);
            json.WriteNumber("repetition", run.Repetition);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteTable(IReadOnlyList<RunRequest> runs)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("#", "phase", "model", "prompt", "repetition");
        foreach (var run in runs)
        {
            table.AddRow(
                run.Id.Ordinal.ToString(CultureInfo.InvariantCulture),
                run.Phase == RunPhase.WarmUp ? "warm-up" : "measured",
                Markup.Escape(run.Model.ToString()),
                Markup.Escape(run.Prompt.Id),
                run.Repetition.ToString(CultureInfo.InvariantCulture));
        }

        Data.Table(table);
    }
}
