using System.CommandLine;
using System.Globalization;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Input;
using CostMonitor.Providers.Calling;
using Spectre.Console;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon models</c>: what a models' file can call.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new("models", "Looks at the models and routes of a models' file.") { CreateCheck() };

    private static Command CreateCheck()
    {
        var models = ModelsOption.Create();
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var command = new Command("check", "Says of each model and route whether it is configured and can be reached. No call is made, so nothing is billed. Exit code 1 if a configured one cannot be reached.") { models, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var clients = ModelsOption.Read(parsed.GetValue(models), TimeProvider.System);
            var probes = await clients.ProbeAsync(cancellationToken);
            var routes = clients.Configuration.Routes;
            if (parsed.GetValue(json)) WriteJson(probes, routes);
            else WriteTable(probes, routes);
            return probes.Any(static p => p is { IsConfigured: true, IsUp: false }) ? ExitCodes.CheckFailed : ExitCodes.Fine;
        });
        return command;
    }

    private static void WriteJson(IReadOnlyList<ModelProbe> probes, IReadOnlyList<Route> routes) => Data.Json(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("models");
        foreach (var probe in probes)
        {
            json.WriteStartObject();
            json.WriteString("model", probe.Model.ToString());
            json.WriteBoolean("configured", probe.IsConfigured);
            json.WriteString("state", StateOf(probe));
            if (probe.Connect is { } connect) json.WriteNumber("connectMs", Math.Round(connect.TotalMilliseconds, 1));
            if (probe.HttpStatus is { } status) json.WriteNumber("httpStatus", status);
            if (RemarkOn(probe) is { Length: > 0 } remark) json.WriteString("remark", remark);
            if (probe.StatusPage is { } page) json.WriteString("statusPage", page.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("routes");
        foreach (var route in routes)
        {
            json.WriteStartObject();
            json.WriteString("model", route.Model.ToString());
            json.WriteString("order", EnumNames.Of(route.Order));
            json.WriteBoolean("byDifficulty", route.ByDifficulty);
            json.WriteNumber("targets", route.Targets.Count);
            json.WriteNumber("targetsUp", Up(route, probes));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteTable(IReadOnlyList<ModelProbe> probes, IReadOnlyList<Route> routes)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("model", "state");
        table.AddColumn(new TableColumn("connect ms").RightAligned());
        table.AddColumns("remark", "status page");
        foreach (var probe in probes)
        {
            table.AddRow(
                Markup.Escape(probe.Model.ToString()),
                StateOf(probe),
                probe.Connect is { } connect ? connect.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture) : "-",
                Markup.Escape(RemarkOn(probe)),
                Markup.Escape(probe.StatusPage?.ToString() ?? "-"));
        }

        foreach (var route in routes)
        {
            var targets = string.Join(", ", route.Targets.Select(static t => t.Model));
            table.AddRow(
                Markup.Escape(route.Model.ToString()),
                string.Create(CultureInfo.InvariantCulture, $"{Up(route, probes)} of {route.Targets.Count} up"),
                "-",
                Markup.Escape($"{EnumNames.Of(route.Order)}: {targets}"),
                "-");
        }

        Data.Table(table);
    }

    private static string StateOf(ModelProbe probe) => probe switch
    {
        { IsConfigured: false } => "not configured",
        { IsRemote: false } => "in process",
        { IsUp: true } => "reachable",
        _ => "not reachable",
    };

    private static string RemarkOn(ModelProbe probe) => probe.IsConfigured ? probe.Failure ?? "" : probe.Missing;

    private static int Up(Route route, IReadOnlyList<ModelProbe> probes) => route.Targets.Count(t => probes.Any(p => p.Model == t.Model && p.IsUp));
}
