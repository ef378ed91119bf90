using CostMonitor.Cli.Local;
using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Doctor;

/// <summary>The settings that a doctor looks at: those of a folder's settings file, and of the environment where it has none.</summary>
/// <param name="Folder">The app's folder, from which files are found.</param>
/// <param name="File">The settings file; null if there is none.</param>
/// <param name="Values">What the file sets.</param>
internal sealed record DoctorSettings(string Folder, string? File, IReadOnlyDictionary<string, string> Values)
{
    private static readonly string[] Files = ["local.settings.json", "local.settings.sample.json"];

    /// <summary>Every name that the file or the environment sets.</summary>
    public IEnumerable<string> Names => Values.Keys.Concat(Environment.GetEnvironmentVariables().Keys.OfType<string>()).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <param name="folder">A published app or a repository; null for the app that <c>costmon up</c> published, or else the repository, or else where we are.</param>
    /// <exception cref="SettingsException">The settings file is no JSON, or a value is no string.</exception>
    public static DoctorSettings Read(string? folder)
    {
        var usual = Path.Combine(".costmon", "app");
        var found = Path.GetFullPath(folder ?? (Directory.Exists(usual) ? usual : AppPublisher.FindRepository() ?? "."));
        if (!Directory.Exists(found)) throw new DirectoryNotFoundException($"There is no folder {found}.");
        return new DoctorSettings(found, Files.FirstOrDefault(f => System.IO.File.Exists(Path.Combine(found, f))), AppSettings.Read(found));
    }

    /// <summary>A setting's value as the app would get it; null if there is none.</summary>
    public string? Of(string name) => name == "FUNCTIONS_APP_ROOT_PATH" ? Folder : Values.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name);
}
