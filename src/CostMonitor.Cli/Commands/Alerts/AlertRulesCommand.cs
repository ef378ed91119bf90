using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Alerts.Rules;
using CostMonitor.Core.Input;
using Spectre.Console;

namespace CostMonitor.Cli.Commands.Alerts;

/// <summary><c>costmon alerts rules</c>.</summary>
internal static class AlertRulesCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "JSON instead of a table." };

    public static Command Create()
    {
        var app = new AppOptions();
        var command = new Command("rules", "Prints the alert rules in force and where each stands; exit code 1 if one fires.") { Json };
        app.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = app.Client(parsed);
            var answer = await client.GetAsync("/api/alerts/rules", cancellationToken);
            if (parsed.GetValue(Json)) Data.Json(answer.WriteTo);
            else Data.Table(Rules(answer));
            var firing = answer.GetProperty("rules").EnumerateArray().SelectMany(Scopes).Count(IsFiring);
            if (firing > 0) Words.Say(firing == 1 ? "1 rule fires." : string.Create(CultureInfo.InvariantCulture, $"{firing} rules fire."));
            return firing > 0 ? ExitCodes.CheckFailed : ExitCodes.Fine;
        });
        return command;
    }

    private static Table Rules(JsonElement answer)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("rule", "fires when", "window", "scope", "state", "value", "n", "since");
        foreach (var rule in answer.GetProperty("rules").EnumerateArray())
        {
            var (name, condition, window) = (Text(rule, "name"), Condition(rule), Text(rule, "window"));
            var scopes = Scopes(rule).ToArray();
            if (!rule.GetProperty("enabled").GetBoolean()) Add(name, condition, window, "", "switched off", "", "", "");
            else if (scopes.Length == 0) Add(name, condition, window, "", "not evaluated", "", "", "");
            else foreach (var scope in scopes) Add(name, condition, window, Text(scope, "scope"), Text(scope, "state"), Value(rule, scope), scope.GetProperty("n").ToString(), Since(scope));
        }

        return table;

        void Add(params string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);
    }

    private static IEnumerable<JsonElement> Scopes(JsonElement rule) => rule.GetProperty("scopes").EnumerateArray();

    private static bool IsFiring(JsonElement scope) => Text(scope, "state") == "firing";

    private static string Condition(JsonElement rule) => $"{Text(rule, "metric")} {Text(rule, "comparison")} {Shown(rule, rule.GetProperty("threshold").GetDecimal())}";

    private static string Value(JsonElement rule, JsonElement scope) => scope.GetProperty("value") is { ValueKind: JsonValueKind.Number } value ? Shown(rule, value.GetDecimal()) : "unknown";

    /// <summary>A metric that this program does not know is shown as the plain number.</summary>
    private static string Shown(JsonElement rule, decimal value) =>
        EnumNames.TryParse(Text(rule, "metric"), out RuleMetric metric) ? RuleMetricInfo.Of(metric).Show(value) : value.ToString(CultureInfo.InvariantCulture);

    private static string Since(JsonElement scope) => scope.GetProperty("since").GetDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";
}
