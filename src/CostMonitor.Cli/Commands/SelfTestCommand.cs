using System.CommandLine;
using System.Net;
using System.Text.Json;
using CostMonitor.Cli.Api;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Pricing;
using Spectre.Console;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon selftest</c>: proves on a running app, local or on Azure, that its parts work together.</summary>
internal static class SelfTestCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var app = new AppOptions();
        var command = new Command("selftest", "Proves on a running app: its health, a storage round trip, one simulated canary, that a budget blocks, a test alert to every sink. Exit code 1 when a step failed, 2 when the app could not be asked.") { json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var steps = await RunAsync(client, TimeProvider.System, cancellationToken);
            if (parsed.GetValue(json)) WriteJson(steps);
            else WriteTable(steps);
            return steps.All(static s => s.IsPassed) ? ExitCodes.Fine : ExitCodes.CheckFailed;
        });
        return command;
    }

    /// <summary>Every step, also after one that failed. An app that does not answer the first one at all ends it: that throws.</summary>
    private static async Task<IReadOnlyList<Step>> RunAsync(AppClient client, TimeProvider time, CancellationToken cancellationToken) =>
    [
        await TimedAsync("health", () => HealthAsync(client, cancellationToken), time, canThrow: true),
        await TimedAsync("storage", () => PostAsync(client, "/api/selftest/storage", Verdict, cancellationToken), time),
        await TimedAsync("canary", () => PostAsync(client, "/api/selftest/canary", CanaryOf, cancellationToken), time),
        await TimedAsync("budget", () => PostAsync(client, "/api/budgets/selftest", BudgetOf, cancellationToken), time),
        await TimedAsync("alerts", () => PostAsync(client, "/api/alerts/test", AlertsOf, cancellationToken), time),
    ];

    private static async Task<Step> TimedAsync(string name, Func<Task<(bool IsPassed, string Found)>> run, TimeProvider time, bool canThrow = false)
    {
        var started = time.GetTimestamp();
        try
        {
            var (isPassed, found) = await run();
            return new Step(name, isPassed, found, time.GetElapsedTime(started));
        }
        catch (Exception e) when (!canThrow && e is ApiException or HttpRequestException or KeyNotFoundException or InvalidOperationException or TaskCanceledException { InnerException: TimeoutException })
        {
            return new Step(name, false, e.Message, time.GetElapsedTime(started));
        }
    }

    private static async Task<(bool IsPassed, string Found)> HealthAsync(AppClient client, CancellationToken cancellationToken)
    {
        var health = await client.GetAsync("/api/health", HttpStatusCode.ServiceUnavailable, cancellationToken);
        var (status, problems) = (health.GetProperty("status").GetString() ?? "", Lines(health.GetProperty("problems")));
        return (status != "faulty", problems.Length > 0 ? problems : $"{status}, version {health.GetProperty("version")}");
    }

    private static async Task<(bool IsPassed, string Found)> PostAsync(
        AppClient client, string path, Func<JsonElement, (bool IsPassed, string Found)> read, CancellationToken cancellationToken) =>
        read(await client.PostAsync(path, "{}", "application/json", cancellationToken));

    private static (bool IsPassed, string Found) Verdict(JsonElement answer) => answer.GetProperty("passed").GetBoolean()
        ? (true, "a row and a message were written, read and removed")
        : (false, Lines(answer.GetProperty("problems")));

    private static (bool IsPassed, string Found) CanaryOf(JsonElement answer) => answer.GetProperty("passed").GetBoolean()
        ? (true, $"{answer.GetProperty("model")} answered in {answer.GetProperty("latencyMs")} ms, recorded at a simulated {new Usd(answer.GetProperty("simulatedCostUsd").GetDecimal())}")
        : (false, Lines(answer.GetProperty("problems")));

    private static (bool IsPassed, string Found) BudgetOf(JsonElement answer) =>
        (answer.GetProperty("passed").GetBoolean(), $"{answer.GetProperty("calls")} simulated calls within {new Usd(answer.GetProperty("limitUsd").GetDecimal())}, then: {answer.GetProperty("refusal").GetString() ?? "no call was refused"}");

    private static (bool IsPassed, string Found) AlertsOf(JsonElement answer)
    {
        var sinks = answer.GetProperty("sinks").EnumerateArray().ToArray();
        var lines = sinks.Select(static s => $"{s.GetProperty("name")}: {(s.TryGetProperty("error", out var error) ? error.ToString() : "delivered")}");
        return (Array.TrueForAll(sinks, static s => s.GetProperty("delivered").GetBoolean()), string.Join('\n', lines));
    }

    private static string Lines(JsonElement texts) => string.Join('\n', texts.EnumerateArray().Select(static t => t.GetString()));

    private static void WriteTable(IReadOnlyList<Step> steps)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("step", "outcome");
        table.AddColumn(new TableColumn("ms").RightAligned());
        table.AddColumn("found");
        foreach (var step in steps) table.AddRow(step.Name, step.IsPassed ? "passed" : "FAILED", $"{step.Elapsed.TotalMilliseconds:0}", Markup.Escape(step.Found));
        Data.Table(table);
    }

    private static void WriteJson(IReadOnlyList<Step> steps) => Data.Json(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("passed", steps.All(static s => s.IsPassed));
        json.WriteStartArray("steps");
        foreach (var step in steps)
        {
            json.WriteStartObject();
            json.WriteString("step", step.Name);
            json.WriteBoolean("passed", step.IsPassed);
            json.WriteNumber("elapsedMs", Math.Round(step.Elapsed.TotalMilliseconds, 1));
            json.WriteString("found", step.Found);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private sealed record Step(string Name, bool IsPassed, string Found, TimeSpan Elapsed);
}
