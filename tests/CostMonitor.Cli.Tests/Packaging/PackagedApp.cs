using CostMonitor.Cli.Local;
using CostMonitor.Cli.Packaging;

namespace CostMonitor.Cli.Tests.Packaging;

/// <summary>The package that is deployed, made once as <c>costmon deploy package</c> does it, and unpacked into a folder that nobody may write to.</summary>
public sealed class PackagedApp : IAsyncLifetime
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Usable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string _root = Directory.CreateTempSubdirectory("costmon-package-").FullName;

    /// <summary>The script root, read-only.</summary>
    public string Folder => Path.Combine(_root, "wwwroot");

    internal AppPackage Package { get; private set; } = new() { Path = "", Starts = "", Files = 0, Bytes = 0, Sha256 = "" };

    public async Task InitializeAsync()
    {
        var repository = AppPublisher.FindRepository() ?? throw new InvalidOperationException("The tests do not lie in the repository.");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        await AppPublisher.PublishAsync(repository, Path.Combine(_root, "published"), AppBuild.ForAzure, patience.Token);
        Package = AppPackage.Write(Path.Combine(_root, "published"), Path.Combine(_root, "app.zip"));
        AppPackage.Unpack(Package.Path, Folder);
        if (!OperatingSystem.IsWindows()) Protect();
    }

    public Task DisposeAsync()
    {
        if (!OperatingSystem.IsWindows())
        {
            foreach (var folder in Directory.EnumerateDirectories(Folder, "*", SearchOption.AllDirectories).Append(Folder)) File.SetUnixFileMode(folder, Usable | UnixFileMode.UserWrite);
        }

        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private void Protect()
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute) ? Usable : Readable);
        }

        foreach (var folder in Directory.EnumerateDirectories(Folder, "*", SearchOption.AllDirectories).Append(Folder)) File.SetUnixFileMode(folder, Usable);
        File.SetUnixFileMode(_root, Usable | UnixFileMode.UserWrite);
    }
}
