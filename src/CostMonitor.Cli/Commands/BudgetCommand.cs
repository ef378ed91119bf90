using System.CommandLine;
using System.Text.Json;
using CostMonitor.Cli.Files;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Budgets;
using CostMonitor.Core.Input;
using Spectre.Console;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon budget list|set|remove</c>, and those of <see cref="LedgerCommands"/>.</summary>
internal static class BudgetCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "JSON instead of a table." };

    public static Command Create() => new("budget", "Shows, sets and removes the budgets of an app, and shows how they stand.")
    {
        List(), Set(), Remove(), LedgerCommands.State(), LedgerCommands.Entries(), LedgerCommands.Reconcile(), LedgerCommands.Accept(), LedgerCommands.SelfTest(),
    };

    private static Command List()
    {
        var app = new AppOptions();
        var command = new Command("list", "Prints the budgets in force and where each comes from.") { Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var answer = await client.GetAsync("/api/budgets", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(answer.WriteTo);
            else WriteTable(answer.GetProperty("budgets").EnumerateArray());
            foreach (var problem in answer.GetProperty("problems").EnumerateArray()) Words.Say(problem.GetString() ?? "");
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command Set()
    {
        var file = new Argument<string>("file") { Description = "A file with one budget, or with {\"budgets\": [...]}." };
        var app = new AppOptions();
        var command = new Command("set", "Puts the budgets of a file in force, each in the place of one with its id, in their order.") { file, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            var budgets = BudgetFile.ParseAny(InputFiles.Text(path), path);
            using var client = app.Client(parsed);
            var answers = new List<JsonElement>();
            foreach (var budget in budgets)
            {
                answers.Add(await client.PutAsync(Address(budget.Definition.Id), BudgetFile.TextOf(budget.Definition), "application/json", cancellationToken));
                Words.Say($"Budget {budget.Definition.Id} is in force.");
            }

            if (parsed.GetValue(Json)) WriteJson(answers);
            else WriteTable(answers);
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command Remove()
    {
        var id = new Argument<string>("id") { Description = "The budget's id." };
        var app = new AppOptions();
        var command = new Command("remove", "Removes a budget that was set; one of the app's file comes back in force.") { id, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var answer = await client.DeleteAsync(Address(parsed.GetRequiredValue(id)), cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(answer.WriteTo);
            var isBack = answer.GetProperty("fileInForce").GetBoolean();
            Words.Say($"Budget {answer.GetProperty("removed")} is removed.{(isBack ? " The one of the app's file is in force again." : "")}");
            return ExitCodes.Fine;
        });
        return command;
    }

    private static string Address(string id) => $"/api/budgets/{Uri.EscapeDataString(id)}";

    private static void WriteJson(IReadOnlyList<JsonElement> entries) => Data.Json(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("budgets");
        foreach (var entry in entries) entry.WriteTo(json);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteTable(IEnumerable<JsonElement> entries)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("id", "scope", "period", "time zone");
        foreach (var money in new[] { "limit", "daily cap" }) table.AddColumn(new TableColumn(money).RightAligned());
        table.AddColumns("kind", "thresholds", "from");
        foreach (var entry in entries)
        {
            var definition = BudgetFile.ParseOne(entry.GetProperty("budget").GetRawText(), "answer");
            var budget = definition.Budget;
            var cells = new[]
            {
                budget.Id, budget.Scope.ToString(), PeriodOf(entry.GetProperty("budget"), budget), budget.Zone.Id, budget.Limit.ToString(), CapOf(definition),
                budget.IsHard ? "hard" : "soft", string.Join(", ", budget.Thresholds.Select(static t => $"{EnumNames.Of(t.Action)} {t.Percent}")),
                entry.GetProperty("source").GetString() ?? "",
            };
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        Data.Table(table);
    }

    private static string PeriodOf(JsonElement json, Budget budget) =>
        budget.Period == BudgetPeriod.Rolling ? $"last {json.GetProperty("window")}" : EnumNames.Of(budget.Period);

    private static string CapOf(BudgetDefinition definition) => definition.DailyCap is { } cap ? $"{cap.Limit}{(cap.IsDerived ? " (derived)" : "")}" : "-";
}
