using System.Diagnostics;

namespace CostMonitor.Cli.Local;

/// <summary>Publishes the Functions app of this repository, so that one command is enough after a clone.</summary>
internal static class AppPublisher
{
    private const string Project = "src/CostMonitor.Functions";

    /// <summary>The repository's root, from the folder that <c>costmon</c> was started in or lies in.</summary>
    public static string? FindRepository() =>
        new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory }.Select(Above).FirstOrDefault(r => r is not null);

    /// <exception cref="InvalidOperationException">The build failed; the message is its output.</exception>
    public static async Task PublishAsync(string repository, string folder, AppBuild build, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = repository,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["publish", Project, "-c", "Release", .. build.Arguments, "-o", folder, "--nologo", "-v", "quiet"]) start.ArgumentList.Add(argument);
        using var publish = Process.Start(start) ?? throw new InvalidOperationException("'dotnet' could not be started.");
        var (output, errors) = (publish.StandardOutput.ReadToEndAsync(cancellationToken), publish.StandardError.ReadToEndAsync(cancellationToken));
        await publish.WaitForExitAsync(cancellationToken);
        if (publish.ExitCode != 0) throw new InvalidOperationException($"The app could not be published:{Environment.NewLine}{await output}{await errors}");
    }

    private static string? Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "CostMonitor.sln"))) return at.FullName;
        }

        return null;
    }
}
