using System.Text.RegularExpressions;
using CostMonitor.Functions.Telemetry;

namespace CostMonitor.Functions.Tests.Telemetry;

/// <summary>What a query reads, by the conventions that all of ours keep: <c>name == "..."</c>, <c>type == "..."</c>, <c>customDimensions["..."]</c>, <c>customMeasurements["..."]</c>.</summary>
internal sealed partial record WorkbookQuery(string File, string Text)
{
    public IReadOnlyList<string> Names { get; } = [.. Found(Name(), Text)];

    public IReadOnlyList<string> Dimensions { get; } = [.. Found(Dimension(), Text)];

    public IReadOnlyList<string> Numbers { get; } = [.. Found(Number(), Text)];

    /// <summary>Where the query looks.</summary>
    public TelemetryKind? Kind => Tables().Match(Text).Value switch
    {
        "customEvents" => TelemetryKind.Event,
        "customMetrics" => TelemetryKind.Metric,
        "dependencies" => TelemetryKind.Dependency,
        _ => null,
    };

    /// <summary>Whether it asks for what is not ours: the host's requests, or everything at once.</summary>
    public bool IsOfAll => Text.StartsWith("requests\n", StringComparison.Ordinal) || Text.StartsWith("union ", StringComparison.Ordinal);

    public static IReadOnlyList<WorkbookQuery> All(string root) =>
    [
        .. new[] { "spend", "latency", "quality", "operations" }.SelectMany(w => Directory.EnumerateFiles(Path.Combine(root, "infra/queries", w), "*.kql")).Order(StringComparer.Ordinal)
            .Select(f => new WorkbookQuery(Path.GetRelativePath(root, f), System.IO.File.ReadAllText(f))),
    ];

    private static IEnumerable<string> Found(Regex pattern, string text) => pattern.Matches(text).Select(static m => m.Groups[1].Value).Distinct();

    [GeneratedRegex("(?:\\bname|where type) == \"([^\"]+)\"")]
    private static partial Regex Name();

    [GeneratedRegex("customDimensions\\[\"([^\"]+)\"\\]")]
    private static partial Regex Dimension();

    [GeneratedRegex("customMeasurements\\[\"([^\"]+)\"\\]")]
    private static partial Regex Number();

    [GeneratedRegex("^(customEvents|customMetrics|dependencies)$", RegexOptions.Multiline)]
    private static partial Regex Tables();
}
