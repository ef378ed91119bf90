using System.CommandLine;
using System.Text;
using System.Text.Json;
using CostMonitor.Cli.Output;
using Spectre.Console;

namespace CostMonitor.Cli.Commands.Alerts;

/// <summary><c>costmon alerts list|ack|silence|test|rules</c>.</summary>
internal static class AlertsCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "JSON instead of a table." };

    public static Command Create() => new("alerts", "Shows, acknowledges and silences an app's alerts, and tests where they are sent.") { List(), Acknowledge(), Silence(), Test(), AlertRulesCommand.Create() };

    private static Command List()
    {
        var state = new Option<string>("--state") { Description = "firing, recovered, undelivered or all.", DefaultValueFactory = _ => "all" };
        state.AcceptOnlyFromAmong("firing", "recovered", "undelivered", "all");
        var top = new Option<int>("--top") { Description = "The most alerts.", DefaultValueFactory = _ => 50 };
        var app = new AppOptions();
        var command = new Command("list", "Prints alerts, the newest first.") { state, top, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var page = await client.GetAsync($"/api/alerts?state={parsed.GetValue(state)}&top={parsed.GetValue(top)}", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(page.WriteTo);
            else Data.Table(Alerts(page.GetProperty("alerts").EnumerateArray()));
            if (page.GetProperty("continuation").ValueKind == JsonValueKind.String) Words.Say("There are more; ask for more with --top.");
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command Acknowledge()
    {
        var id = new Argument<string>("id") { Description = "The alert's id, scope|period|rule in quotes." };
        var by = new Option<string>("--by") { Description = "Who takes it on; the user's name if not given.", DefaultValueFactory = _ => Environment.UserName };
        var app = new AppOptions();
        var command = new Command("ack", "Notes who has taken an alert on.") { id, by, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var path = $"/api/alerts/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/acknowledge";
            var alert = await client.PostAsync(path, Body(("by", parsed.GetValue(by))), "application/json", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(alert.WriteTo);
            else Data.Table(Alerts([alert]));
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command Silence()
    {
        var scope = new Option<string?>("--scope") { Description = "The alerts of one scope, as in budget:team-search." };
        var rule = new Option<string?>("--rule") { Description = "The alerts of one rule, as in threshold-80." };
        var until = new Option<string?>("--until") { Description = "When alerts are delivered again, as in 2026-11-21T18:00:00Z." };
        var reason = new Option<string?>("--reason") { Description = "Why; it is shown with each alert that was silenced." };
        var end = new Option<string?>("--end") { Description = "Ends the silence of this id instead." };
        var app = new AppOptions();
        var command = new Command("silence", "Keeps alerts from being sent until a time; without options, prints the silences in force.") { scope, rule, until, reason, end, Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var fields = new[] { ("scope", parsed.GetValue(scope)), ("rule", parsed.GetValue(rule)), ("until", parsed.GetValue(until)), ("reason", parsed.GetValue(reason)) };
            if (parsed.GetValue(end) is { } id)
            {
                if (fields.Any(f => f.Item2 is not null)) throw new InvalidOperationException("--end stands alone: a silence is ended as a whole.");
                await client.DeleteAsync($"/api/alerts/silences/{Uri.EscapeDataString(id)}", cancellationToken);
            }
            else if (fields.Any(f => f.Item2 is not null))
            {
                var silence = await client.PostAsync("/api/alerts/silences", Body(fields), "application/json", cancellationToken);
                Write(parsed.GetValue(Json), silence, [silence]);
                return ExitCodes.Fine;
            }

            var all = await client.GetAsync("/api/alerts/silences", cancellationToken);
            Write(parsed.GetValue(Json), all, all.GetProperty("silences").EnumerateArray());
            return ExitCodes.Fine;
        });
        return command;
    }

    private static Command Test()
    {
        var app = new AppOptions();
        var command = new Command("test", "Sends a synthetic alert through every sink; exit code 1 when one of them did not take it.") { Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var answer = await client.PostAsync("/api/alerts/test", "{}", "application/json", cancellationToken);
            var sinks = answer.GetProperty("sinks").EnumerateArray().ToArray();
            if (parsed.GetValue(Json)) Data.Json(answer.WriteTo);
            else Data.Table(Rows(["sink", "kind", "result"], sinks.Select(s => new[] { Text(s, "name"), Text(s, "kind"), Text(s, "error") is { Length: > 0 } error ? error : "delivered" })));
            return Array.TrueForAll(sinks, s => s.GetProperty("delivered").GetBoolean()) ? ExitCodes.Fine : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static Table Alerts(IEnumerable<JsonElement> alerts) => Rows(
        ["at", "state", "severity", "title", "deliveries", "acknowledged by", "id"],
        alerts.Select(a => new[] { Text(a, "at"), Text(a, "state"), Text(a, "severity"), Text(a, "title"), Deliveries(a), a.TryGetProperty("acknowledged", out var who) ? Text(who, "by") : "", Text(a, "id") }));

    /// <summary>How far its notices are, as in <c>2 delivered, 1 pending</c>.</summary>
    private static string Deliveries(JsonElement alert) => string.Join(
        ", ", alert.GetProperty("deliveries").EnumerateArray().GroupBy(d => Text(d, "state")).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}"));

    private static void Write(bool asJson, JsonElement answer, IEnumerable<JsonElement> silences)
    {
        if (asJson) Data.Json(answer.WriteTo);
        else Data.Table(Rows(["id", "scope", "rule", "until", "reason"], silences.Select(s => new[] { Text(s, "id"), Text(s, "scope"), Text(s, "rule"), Text(s, "until"), Text(s, "reason") })));
    }

    private static Table Rows(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns(columns);
        foreach (var row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
        return table;
    }

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.ToString() : "";

    private static string Body(params (string Name, string? Value)[] fields)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (name, value) in fields)
            {
                if (value is not null) json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
