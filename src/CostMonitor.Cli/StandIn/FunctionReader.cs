using CostMonitor.Storage;

namespace CostMonitor.Cli.StandIn;

/// <summary>Reads the function.json of every folder beside host.json.</summary>
internal sealed class FunctionReader(
    string folder, IReadOnlyDictionary<string, string> settings, string routePrefix, List<SettingsFault> faults)
{
    public IReadOnlyList<FunctionDefinition> ReadAll() =>
    [
        .. Directory.EnumerateFiles(folder, "function.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
            .Select(path => Path.GetRelativePath(folder, path))
            .Where(file => Path.GetDirectoryName(file) is { Length: > 0 })
            .Order(StringComparer.Ordinal)
            .Select(Read)
            .OfType<FunctionDefinition>(),
    ];

    private FunctionDefinition? Read(string file)
    {
        var name = Path.GetDirectoryName(file) ?? "";
        if (AppSettings.ReadObject(folder, file, faults) is not { } node) return null;
        var function = new JsonSection(file, "$", node, faults);
        if (function.Flag("disabled", byDefault: false) || IsDisabled(name)) return null;
        var bindings = function.Sections("bindings");
        var triggers = bindings.Where(b => b.Text("type")?.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase) == true).ToList();
        if (triggers.Count != 1)
        {
            function.Fault("bindings", $"expected exactly one trigger; got {triggers.Count}");
            return null;
        }
        return Read(name, triggers[0], [.. bindings.Where(b => b != triggers[0])]);
    }

    private bool IsDisabled(string name) =>
        settings.TryGetValue($"AzureWebJobs.{name}.Disabled", out var value) && (value == "1" || (bool.TryParse(value, out var on) && on));

    private FunctionDefinition? Read(string name, JsonSection trigger, IReadOnlyList<JsonSection> others)
    {
        var binding = trigger.RequiredText("name");
        if (trigger.Text("direction") != "in") trigger.Fault("direction", "expected \"in\"");
        switch (trigger.Text("type")?.ToUpperInvariant())
        {
            case "TIMERTRIGGER": return ReadTimer(name, binding, trigger);
            case "QUEUETRIGGER": return ReadQueue(name, binding, trigger);
            case "HTTPTRIGGER": return ReadHttp(name, binding, trigger, others);
            default:
                trigger.Fault("type", $"expected timerTrigger, queueTrigger or httpTrigger; got {trigger.Text("type")}");
                return null;
        }
    }

    private FunctionDefinition.Timer? ReadTimer(string name, string binding, JsonSection trigger)
    {
        if (Resolved(trigger, "schedule") is not { } text) return null;
        if (TimerSchedule.TryParse(text) is not { } schedule)
        {
            trigger.Fault("schedule", $"expected an NCrontab expression of six fields or a time span; got \"{text}\"");
            return null;
        }
        return new(name, binding, schedule, trigger.Flag("runOnStartup", byDefault: false), trigger.Flag("useMonitor", byDefault: true));
    }

    private FunctionDefinition.Queue? ReadQueue(string name, string binding, JsonSection trigger)
    {
        var queue = Resolved(trigger, "queueName");
        var connection = trigger.Text("connection") ?? "AzureWebJobsStorage";
        if (!settings.TryGetValue(connection, out var connectionString))
            trigger.Fault("connection", $"there is no app setting {connection} with a connection string");
        if (queue is null || connectionString is null) return null;
        try
        {
            _ = StorageAccount.FromConnectionString(connectionString).Queue(queue);
            return new(name, binding, queue, connectionString);
        }
        catch (FormatException e)
        {
            trigger.Fault("connection", e.Message);
        }
        catch (ArgumentException e)
        {
            trigger.Fault("queueName", e.Message);
        }
        return null;
    }

    private FunctionDefinition.Http ReadHttp(string name, string binding, JsonSection trigger, IReadOnlyList<JsonSection> others)
    {
        if (others.Count != 1 || others[0].Text("type") != "http" || others[0].Text("direction") != "out")
            trigger.Fault("", "expected exactly one other binding, http out: the host proxies no function with any other");
        var route = trigger.Text("route") is null ? name : Resolved(trigger, "route") ?? "";
        var methods = trigger.Texts("methods").Select(method => method.ToUpperInvariant());
        return new(name, binding, $"{routePrefix}/{route}".Trim('/'), [.. methods]);
    }

    private string? Resolved(JsonSection trigger, string property)
    {
        var missing = new List<string>();
        var text = AppSettings.Resolve(trigger.RequiredText(property), settings, missing);
        foreach (var name in missing) trigger.Fault(property, $"there is no app setting {name}");
        return missing.Count > 0 || text.Length == 0 ? null : text;
    }
}
