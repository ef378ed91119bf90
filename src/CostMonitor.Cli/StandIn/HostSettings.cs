using System.Text.Json.Nodes;

namespace CostMonitor.Cli.StandIn;

/// <summary>What host.json and the function.json files of an app folder say, checked.</summary>
internal sealed record HostSettings
{
    private const string OverridePrefix = "AzureFunctionsJobHost__";

    public required AppCommand App { get; init; }

    /// <summary>How long the app may take until it answers its first request: 30 s if not set.</summary>
    public required TimeSpan InitializationTimeout { get; init; }

    /// <summary>How long one invocation may take: 30 min if not set; infinite for <c>-1</c>.</summary>
    public required TimeSpan FunctionTimeout { get; init; }

    public required QueueSettings Queues { get; init; }

    /// <summary>The functions that are not disabled, by name.</summary>
    public required IReadOnlyList<FunctionDefinition> Functions { get; init; }

    /// <summary>Reads the folder.</summary>
    /// <param name="folder">The script root: host.json, a folder with a function.json for each function, and the executable.</param>
    /// <param name="settings">The app settings, which fill <c>%Name%</c> and override host.json.</param>
    /// <exception cref="SettingsException">Anything is missing or wrong; it names every fault of every file.</exception>
    public static HostSettings Load(string folder, IReadOnlyDictionary<string, string> settings)
    {
        var faults = new List<SettingsFault>();
        var node = AppSettings.ReadObject(folder, "host.json", faults);
        if (node is not null) Override(node, settings);
        var host = new JsonSection("host.json", "$", node ?? [], faults);
        var handler = host.Section("customHandler");
        var prefix = host.Section("extensions").Section("http").Text("routePrefix") ?? "api";
        var loaded = new HostSettings
        {
            App = node is null ? new("", [], "") : ReadApp(handler, folder),
            InitializationTimeout = handler.Duration("initializationTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
            FunctionTimeout = host.Text("functionTimeout") == "-1"
                ? Timeout.InfiniteTimeSpan
                : host.Duration("functionTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(30)),
            Queues = ReadQueues(host.Section("extensions").Section("queues")),
            Functions = new FunctionReader(folder, settings, prefix, faults).ReadAll(),
        };
        if (node is not null) CheckHost(host, handler, loaded);
        return faults.Count == 0 ? loaded : throw new SettingsException(faults);
    }

    // AzureFunctionsJobHost__extensions__queues__batchSize=4 stands for extensions.queues.batchSize in host.json.
    private static void Override(JsonObject host, IReadOnlyDictionary<string, string> settings)
    {
        foreach (var (key, value) in settings.Where(s => s.Key.StartsWith(OverridePrefix, StringComparison.OrdinalIgnoreCase)))
        {
            var path = key[OverridePrefix.Length..].Split("__");
            var section = host;
            foreach (var name in path[..^1].Select(name => ExistingName(section, name)))
            {
                if (section[name] is not JsonObject) section[name] = new JsonObject();
                section = section[name] as JsonObject ?? section;
            }
            section[ExistingName(section, path[^1])] = value;
        }
        static string ExistingName(JsonObject section, string name) =>
            section.Select(member => member.Key).FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;
    }

    private static AppCommand ReadApp(JsonSection handler, string folder)
    {
        var description = handler.Section("description");
        var executable = Environment.ExpandEnvironmentVariables(description.RequiredText("defaultExecutablePath"));
        var besideHostJson = Path.GetFullPath(Path.Combine(folder, executable));
        var directory = Path.GetFullPath(Path.Combine(folder, description.Text("workingDirectory") ?? ""));
        if (!Directory.Exists(directory)) description.Fault("workingDirectory", $"there is no folder {directory}");
        if (Path.IsPathRooted(executable) && !File.Exists(executable))
            description.Fault("defaultExecutablePath", $"there is no file {executable}");
        return new(File.Exists(besideHostJson) ? besideHostJson : executable, description.Texts("arguments"), directory);
    }

    private static QueueSettings ReadQueues(JsonSection queues)
    {
        var byDefault = new QueueSettings();
        var batchSize = queues.Integer("batchSize", 1, 32, byDefault.BatchSize);
        var encoding = queues.Text("messageEncoding") ?? "base64";
        if (!encoding.Equals("base64", StringComparison.OrdinalIgnoreCase))
            queues.Fault("messageEncoding", $"expected \"base64\", the one that CostMonitor writes; got \"{encoding}\"");
        return byDefault with
        {
            BatchSize = batchSize,
            NewBatchThreshold = queues.Integer("newBatchThreshold", 0, int.MaxValue, batchSize / 2 * Environment.ProcessorCount),
            MaxDequeueCount = queues.Integer("maxDequeueCount", 1, int.MaxValue, byDefault.MaxDequeueCount),
            VisibilityTimeout = queues.Duration("visibilityTimeout", TimeSpan.Zero, byDefault.VisibilityTimeout),
            MaxPollingInterval = queues.Duration("maxPollingInterval", TimeSpan.FromMilliseconds(100), byDefault.MaxPollingInterval),
        };
    }

    private static void CheckHost(JsonSection host, JsonSection handler, HostSettings loaded)
    {
        if (host.Text("version") is var version && version != "2.0") host.Fault("version", $"expected \"2.0\"; got \"{version}\"");
        var proxies = handler.Flag("enableProxyingHttpRequest", byDefault: false);
        if (!proxies && loaded.Functions.Any(function => function is FunctionDefinition.Http))
            handler.Fault("enableProxyingHttpRequest", "expected true: the stand-in serves HTTP functions only by proxying");
    }
}
