namespace CostMonitor.Cli.Packaging;

/// <summary>What of a publish folder belongs into a package.</summary>
internal static class PackageFiles
{
    private static readonly string[] Secrets = ["local.settings.json", ".env", "*.env", "*.pfx", "*.p12", "*.pem", "*.key", "*.user"];

    /// <summary>The files by their entry names, in the order of their bytes: the same on every machine.</summary>
    public static IReadOnlyList<string> Of(string folder) =>
    [
        .. All(folder).Where(file => !IsSecret(file) && !IsDocumentation(folder, file)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The files that stay out because they may hold keys: they are for one machine, not for a package.</summary>
    public static IReadOnlyList<string> Secret(string folder) => [.. All(folder).Where(IsSecret).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> All(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'));

    private static bool IsSecret(string file) =>
        Array.Exists(Secrets, pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(file.AsSpan())));

    /// <summary>The compiler's documentation of an assembly, which nobody reads at run time.</summary>
    private static bool IsDocumentation(string folder, string file) =>
        file.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) && File.Exists(Path.Combine(folder, Path.ChangeExtension(file, ".dll")));
}
