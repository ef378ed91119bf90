using CostMonitor.Cli.Local;

namespace CostMonitor.Bench;

/// <summary>The app as it is deployed: self-contained, ReadyToRun.</summary>
internal static class PublishedApp
{
    public static async Task<string> CreateAsync()
    {
        var root = AppPublisher.FindRepository() ?? throw new InvalidOperationException("Run this inside the repository.");
        var folder = Path.Combine(root, "out", "bench-app");
        await AppPublisher.PublishAsync(root, folder, AppBuild.ForAzure, CancellationToken.None);
        return folder;
    }
}
