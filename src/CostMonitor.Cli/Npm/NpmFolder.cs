using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace CostMonitor.Cli.Npm;

/// <summary>Where a server from npm is installed: once a user and lock file, shared by all that start it. The tests compile this file too.</summary>
internal static class NpmFolder
{
    private const string Remedy = "Install Node.js 20 or newer, which brings npm.";
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    /// <summary>The folder that holds <c>node_modules</c>; runs <c>npm ci</c> where it is not there yet, 20 to 30 seconds.</summary>
    /// <param name="name">Of the server: <c>package.json</c> and its lock stand in a folder of this name beside the program.</param>
    /// <param name="cancellationToken">Stops npm.</param>
    /// <exception cref="NpmException">Node.js or npm is missing, or npm failed.</exception>
    public static async Task<string> EnsureAsync(string name, CancellationToken cancellationToken)
    {
        var source = Path.Combine(AppContext.BaseDirectory, name);
        var lockFile = await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"), cancellationToken);
        var folder = Path.Combine(Cache(), $"{name.ToLowerInvariant()}-{Convert.ToHexStringLower(SHA256.HashData(lockFile))[..12]}");
        if (Directory.Exists(folder)) return folder;
        Directory.CreateDirectory(Cache());
        await using var held = await LockAsync(folder + ".lock", cancellationToken);
        if (!Directory.Exists(folder)) await InstallAsync(source, folder, cancellationToken);
        return folder;
    }

    /// <summary>Starts a program of Node.js.</summary>
    /// <exception cref="NpmException">It is not on the PATH.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        try
        {
            return Process.Start(start) ?? throw new NpmException($"{start.FileName} did not start. {Remedy}");
        }
        catch (Win32Exception e)
        {
            throw new NpmException($"{start.FileName} is not on the PATH. {Remedy}", e);
        }
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
        await RunNpmAsync(unfinished, cancellationToken);
        Directory.Move(unfinished, folder);
    }

    private static async Task RunNpmAsync(string folder, CancellationToken cancellationToken)
    {
        string[] arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        using var npm = Start(new(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", arguments) { WorkingDirectory = folder });
        var output = npm.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = npm.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await npm.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            if (!npm.HasExited) npm.Kill(entireProcessTree: true);
        }
        if (npm.ExitCode != 0) throw new NpmException($"npm ci in {folder} ended with {npm.ExitCode}: {await errors}{await output}");
    }
}
