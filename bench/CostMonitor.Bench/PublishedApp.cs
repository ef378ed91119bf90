using System.Diagnostics;

namespace CostMonitor.Bench;

/// <summary>The app as it is deployed: self-contained, ReadyToRun.</summary>
internal static class PublishedApp
{
    public static async Task<string> CreateAsync()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "CostMonitor.sln"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run this inside the repository.");
        var folder = Path.Combine(root, "out", "bench-app");
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = root, RedirectStandardOutput = true };
        string[] arguments = ["publish", "src/CostMonitor.Functions", "-c", "Release", "-r", "linux-x64", "--self-contained", "-p:PublishReadyToRun=true", "-o", folder, "--nologo", "-v", "quiet"];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var build = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var output = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        return build.ExitCode == 0 ? folder : throw new InvalidOperationException(output);
    }
}
