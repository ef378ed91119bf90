using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Pricing;
using Spectre.Console;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon budget state|entries|reconcile|accept|selftest</c>: how the budgets of an app stand.</summary>
internal static class LedgerCommands
{
    private static readonly Option<bool> Json = new("--json") { Description = "JSON instead of a table." };

    public static Command State()
    {
        var all = new Option<bool>("--all") { Description = "Past periods as well." };
        var app = new AppOptions();
        var command = new Command("state", "Prints what is settled, held and left of each budget, and which action is in force; exit 1 when one is used up.") { all, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var answer = await client.GetAsync($"/api/ledgers{(parsed.GetValue(all) ? "?all=true" : "")}", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(answer.WriteTo);
            else WriteStates(answer.GetProperty("ledgers").EnumerateArray());
            foreach (var damage in answer.GetProperty("damaged").EnumerateArray()) Words.Say(damage.GetString() ?? "");
            return answer.GetProperty("damaged").GetArrayLength() > 0 || answer.GetProperty("ledgers").EnumerateArray().Any(static l => l.GetProperty("action").GetString() == "block")
                ? ExitCodes.CheckFailed
                : ExitCodes.Fine;
        });
        return command;
    }

    public static Command Entries()
    {
        var ledger = LedgerArgument();
        var top = new Option<int>("--top") { Description = "The most entries: 1 to 1,000.", DefaultValueFactory = _ => 50 };
        var app = new AppOptions();
        var command = new Command("entries", "Prints what was booked to one ledger, the latest first.") { ledger, top, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var key = KeyOf(parsed.GetRequiredValue(ledger));
            using var client = app.Client(parsed);
            var answer = await client.GetAsync($"{Address(key)}/entries?value={Uri.EscapeDataString(key.Value)}&top={parsed.GetValue(top)}", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(answer.WriteTo);
            else WriteEntries(answer.GetProperty("entries").EnumerateArray());
            if (answer.GetProperty("before").ValueKind == JsonValueKind.Number) Words.Say("There are more; ask for more with --top.");
            return ExitCodes.Fine;
        });
        return command;
    }

    public static Command Reconcile()
    {
        var app = new AppOptions();
        var command = new Command("reconcile", "Adds up the run records and sets them beside each ledger of the last month; exit 1 when one does not agree.") { Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var answer = await client.PostAsync("/api/ledgers/reconcile", "{}", "application/json", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(answer.WriteTo);
            else WriteDifferences(answer.GetProperty("ledgers").EnumerateArray());
            foreach (var damage in answer.GetProperty("damaged").EnumerateArray()) Words.Say(damage.GetString() ?? "");
            return answer.GetProperty("agrees").GetBoolean() ? ExitCodes.Fine : ExitCodes.CheckFailed;
        });
        return command;
    }

    public static Command Accept()
    {
        var ledger = LedgerArgument();
        var by = new Option<string>("--by") { Description = "Who accepts it; the user's name if not given.", DefaultValueFactory = _ => Environment.UserName };
        var app = new AppOptions();
        var command = new Command("accept", "Takes a ledger that was changed by hand for the truth, and writes an entry that says so.") { ledger, by, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var key = KeyOf(parsed.GetRequiredValue(ledger));
            using var client = app.Client(parsed);
            var answer = await client.PostAsync($"{Address(key)}/accept?value={Uri.EscapeDataString(key.Value)}&by={Uri.EscapeDataString(parsed.GetValue(by) ?? "")}", "{}", "application/json", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(answer.WriteTo);
            Words.Say($"{key} is accepted with {Money(answer, "settledAfterUsd")} settled, {Money(answer, "settledUsd")} of it by hand.");
            return ExitCodes.Fine;
        });
        return command;
    }

    public static Command SelfTest()
    {
        var app = new AppOptions();
        var command = new Command("selftest", "Proves on the running app that a budget of one cent blocks, with calls of a simulated model; exit 1 when it does not.") { Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var answer = await client.PostAsync("/api/budgets/selftest", "{}", "application/json", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(answer.WriteTo);
            var isPassed = answer.GetProperty("passed").GetBoolean();
            Words.Say($"{(isPassed ? "Passed" : "FAILED")}: {answer.GetProperty("calls")} calls of {answer.GetProperty("model")} cost {Money(answer, "settledUsd")} of {Money(answer, "limitUsd")}; then: {answer.GetProperty("refusal").GetString() ?? "no call was refused"}");
            return isPassed ? ExitCodes.Fine : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static Argument<string> LedgerArgument() => new("ledger") { Description = "budget|period|value in quotes, as in 'all|2026-11|'." };

    private static LedgerKey KeyOf(string text)
    {
        try
        {
            return LedgerKey.Parse(text.Count(static c => c == '|') == 1 ? text + "|" : text);
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }

    private static string Address(LedgerKey key) => $"/api/ledgers/{Uri.EscapeDataString(key.Budget)}/{Uri.EscapeDataString(key.Period)}";

    private static void WriteStates(IEnumerable<JsonElement> states)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("ledger", "scope", "kind");
        foreach (var money in new[] { "limit", "settled", "held", "unconfirmed", "left", "percent", "forecast" }) table.AddColumn(new TableColumn(money).RightAligned());
        table.AddColumns("in force");
        foreach (var state in states)
        {
            var settled = Money(state, "settledUsd");
            if (state.GetProperty("unpriced").GetInt64() is var unpriced and > 0) settled = $"at least {settled}, {unpriced} unpriced";
            var forecast = state.GetProperty("forecast") is { ValueKind: JsonValueKind.Object } known ? Money(known, "atEndUsd") : "-";
            var cells = new[]
            {
                new LedgerKey(Text(state, "budget"), Text(state, "value"), Text(state, "period")).ToString(), Text(state, "scope"), state.GetProperty("hard").GetBoolean() ? "hard" : "soft",
                Money(state, "limitUsd"), settled, Money(state, "heldUsd"), Money(state, "unconfirmedUsd"), Money(state, "leftUsd"),
                string.Create(CultureInfo.InvariantCulture, $"{state.GetProperty("percent").GetDecimal():0.##} %"), forecast, Text(state, "action") is { Length: > 0 } action ? action : "-",
            };
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        Data.Table(table);
    }

    private static void WriteEntries(IEnumerable<JsonElement> entries)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("entry", "at", "kind", "worker");
        foreach (var money in new[] { "settled", "held", "unconfirmed", "calls", "settled after", "held after" }) table.AddColumn(new TableColumn(money).RightAligned());
        foreach (var entry in entries)
        {
            var cells = new[]
            {
                entry.GetProperty("sequence").ToString(), entry.GetProperty("at").GetDateTimeOffset().ToString("u", CultureInfo.InvariantCulture), Text(entry, "kind"), Text(entry, "worker"),
                Money(entry, "settledUsd"), Money(entry, "heldUsd"), Money(entry, "unconfirmedUsd"), entry.GetProperty("calls").ToString(), Money(entry, "settledAfterUsd"), Money(entry, "heldAfterUsd"),
            };
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        Data.Table(table);
    }

    private static void WriteDifferences(IEnumerable<JsonElement> differences)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("ledger");
        foreach (var money in new[] { "settled", "by the records", "runs", "difference", "still open" }) table.AddColumn(new TableColumn(money).RightAligned());
        table.AddColumns("agrees");
        foreach (var difference in differences)
        {
            var cells = new[]
            {
                Text(difference, "ledger"), Money(difference, "settledUsd"), Money(difference, "recordedUsd"), difference.GetProperty("runs").ToString(), Money(difference, "differenceUsd"), Money(difference, "openUsd"),
                difference.GetProperty("wrong").GetBoolean() ? "NO" : "yes",
            };
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        Data.Table(table);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";

    private static string Money(JsonElement json, string name) => new Usd(json.GetProperty(name).GetDecimal()).ToString();
}
