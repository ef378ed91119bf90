using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace CostMonitor.Testing.Npm;

/// <summary>Where a server from npm is installed: once a user and lock file, shared by all test assemblies and by costmon.</summary>
public static class NpmFolder
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>The folder that holds <c>node_modules</c>; runs <c>npm ci</c> when it is not there yet.</summary>
    /// <param name="name">Of the server; <c>package.json</c> and its lock stand in a folder of this name beside the tests.</param>
    public static async Task<string> EnsureAsync(string name, CancellationToken cancellationToken)
    {
        var source = Path.Combine(AppContext.BaseDirectory, name);
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"), cancellationToken)));
        var folder = Path.Combine(Cache(), $"{name.ToLowerInvariant()}-{hash[..12]}");
        if (Directory.Exists(folder)) return folder;
        Directory.CreateDirectory(Cache());
        await using var _ = await LockAsync(folder + ".lock", cancellationToken);
        if (!Directory.Exists(folder)) await InstallAsync(source, folder, cancellationToken);
        return folder;
    }

    private static string Cache() =>
        Environment.GetEnvironmentVariable("COSTMON_CACHE") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "costmon");

    // An open file that nobody else may open: the system closes it even when its holder dies.
    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) // another process installs: half a minute at most
            {
                await Task.Delay(LockPoll, cancellationToken);
            }
        }
    }

    // Into a folder beside it and renamed at the end, so that a folder of this name is always complete.
    private static async Task InstallAsync(string source, string folder, CancellationToken cancellationToken)
    {
        var unfinished = $"{folder}.{Environment.ProcessId}.tmp";
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        Directory.CreateDirectory(unfinished);
        foreach (var file in new[] { "package.json", "package-lock.json" })
            File.Copy(Path.Combine(source, file), Path.Combine(unfinished, file));
        await NpmAsync(unfinished, cancellationToken);
        Directory.Move(unfinished, folder);
    }

    private static async Task NpmAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var npm = Start(start);
        var output = npm.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = npm.StandardError.ReadToEndAsync(cancellationToken);
        await npm.WaitForExitAsync(cancellationToken);
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm ci in {folder} ended with {npm.ExitCode}: {await errors}{await output}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"'{start.FileName}' did not start.");
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("These tests need Node.js 20 or newer with npm on the PATH.", e);
        }
    }
}
