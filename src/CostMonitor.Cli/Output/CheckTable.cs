using System.Text.Json;
using CostMonitor.Core.Checks;
using CostMonitor.Core.Input;
using Spectre.Console;

namespace CostMonitor.Cli.Output;

/// <summary>Prints checks: what was looked at, what came of it, and how to mend it.</summary>
internal static class CheckTable
{
    public static void Write(IReadOnlyList<Check> checks, bool asJson)
    {
        if (asJson) Data.Json(json => WriteJson(json, checks));
        else Data.Table(TableOf(checks));
    }

    private static Table TableOf(IReadOnlyList<Check> checks)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("check", "outcome", "found, and how to mend it");
        foreach (var check in checks)
        {
            var lines = check.Problems.Select(static p => p.ToString()).Prepend(check.Found);
            table.AddRow(Markup.Escape(check.Name), check.Outcome == CheckOutcome.Failed ? "FAILED" : EnumNames.Of(check.Outcome), Markup.Escape(string.Join('\n', lines)));
        }

        return table;
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<Check> checks)
    {
        json.WriteStartObject();
        json.WriteBoolean("passed", checks.All(static c => c.Outcome != CheckOutcome.Failed));
        json.WriteStartArray("checks");
        foreach (var check in checks)
        {
            json.WriteStartObject();
            json.WriteString("check", check.Name);
            json.WriteString("outcome", EnumNames.Of(check.Outcome));
            json.WriteString("found", check.Found);
            json.WriteStartArray("problems");
            foreach (var problem in check.Problems)
            {
                json.WriteStartObject();
                json.WriteString("where", problem.Where);
                json.WriteString("what", problem.What);
                json.WriteString("mend", problem.Mend);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
