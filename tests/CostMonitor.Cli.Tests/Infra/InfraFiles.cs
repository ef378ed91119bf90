using System.Text.Json;
using System.Text.RegularExpressions;

namespace CostMonitor.Cli.Tests.Infra;

/// <summary>The templates of this repository, and what its code says about the same things.</summary>
internal static partial class InfraFiles
{
    public static string Root { get; } = Path.GetDirectoryName(BicepFile.Folder) ?? "";

    /// <summary>main.bicep and its modules, by their paths in infra/.</summary>
    public static IReadOnlyList<string> Templates { get; } = [.. Paths("*.bicep")];

    public static IReadOnlyList<string> ParameterFiles { get; } = [.. Paths("*.bicepparam")];

    public static IReadOnlyList<(string Function, JsonElement Trigger)> Triggers { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, "src", "CostMonitor.Functions"), "function.json", SearchOption.AllDirectories)
            .Where(IsSource)
            .Select(static path => (Path.GetFileName(Path.GetDirectoryName(path)) ?? "", JsonElement.Parse(File.ReadAllText(path)).GetProperty("bindings")[0])),
    ];

    /// <summary>The settings that main.bicep gives the app, and those that its module adds for the host.</summary>
    public static IReadOnlyDictionary<string, BicepExpression> Settings { get; } =
        BicepFile.Read("main.bicep").The("var", "settings").Value.Members
            .Concat(BicepFile.Read("modules/app.bicep").The("var", "hostSettings").Value.Members)
            .ToDictionary(static s => s.Key, static s => s.Value);

    /// <summary>Names of settings as the app's source says them: where it asks for one, in function.json, and in the models of a deployment.</summary>
    public static IReadOnlySet<string> SettingsRead { get; } = ReadSettings();

    public static IEnumerable<string> Source(params string[] projects) =>
        projects.SelectMany(static p => Directory.EnumerateFiles(Path.Combine(Root, "src", p), "*.cs", SearchOption.AllDirectories)).Where(IsSource).Select(File.ReadAllText);

    private static HashSet<string> ReadSettings()
    {
        var source = string.Join('\n', Source("CostMonitor.Functions", "CostMonitor.Providers", "CostMonitor.Storage"));
        var models = File.ReadAllText(Path.Combine(Root, "samples", "models.json")) + File.ReadAllText(Path.Combine(Root, "samples", "azure-models.json"));
        var triggers = string.Join('\n', Triggers.Select(static t => t.Trigger.GetRawText()));
        return
        [
            "AzureWebJobsStorage", // Composition.StorageSetting, which also stands before the next ones
            .. StorageSetting().Matches(source).Select(static m => $"AzureWebJobsStorage__{m.Groups[1].Value}"),
            .. StorageEndpoint().Matches(source).Select(static m => $"AzureWebJobsStorage__{m.Groups[1].Value}ServiceUri"),
            .. Setting().Matches(source).Select(static m => m.Groups[1].Value),
            .. StandardName().Matches(source).Select(static m => m.Groups[1].Value),
            .. Placeholder().Matches(models + triggers).Select(static m => m.Groups[1].Value),
            .. Key().Matches(models).Select(static m => m.Groups[1].Value),
        ];
    }

    private static IEnumerable<string> Paths(string pattern) =>
        Directory.EnumerateFiles(BicepFile.Folder, pattern, SearchOption.AllDirectories).Select(static p => Path.GetRelativePath(BicepFile.Folder, p).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private static bool IsSource(string path) => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal);

    [GeneratedRegex("""\b(?:[sS]etting|GetEnvironmentVariable)\("([A-Za-z_]+)"\)""")]
    private static partial Regex Setting();

    [GeneratedRegex("\"((?:OTEL|APPLICATIONINSIGHTS)_[A-Z_]+)\"")]
    private static partial Regex StandardName();

    [GeneratedRegex("""\b[gG]et\("([a-zA-Z]+)"\)""")]
    private static partial Regex StorageSetting();

    [GeneratedRegex("""Endpoint\(connection, "(\w+)", """)]
    private static partial Regex StorageEndpoint();

    [GeneratedRegex("\"%([A-Za-z_]+)%\"")]
    private static partial Regex Placeholder();

    [GeneratedRegex("\"keySetting\": \"([A-Z_]+)\"")]
    private static partial Regex Key();
}
