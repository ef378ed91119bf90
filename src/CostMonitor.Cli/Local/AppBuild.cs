namespace CostMonitor.Cli.Local;

/// <summary>How the app is published; whichever way, the folder is laid out the same: host.json, the functions' folders, the executable, the samples.</summary>
/// <param name="Arguments">What <c>dotnet publish</c> is told beside project and folder.</param>
internal sealed record AppBuild(IReadOnlyList<string> Arguments)
{
    /// <summary>For this machine, whose .NET runtime it uses: no runtime to copy, nothing compiled twice. <c>costmon up</c> is for the minute after a clone.</summary>
    public static AppBuild ForThisMachine { get; } = new([]);

    /// <summary>As it is deployed: with its own runtime, since the platform's image may hold none, and compiled before, for a fast cold start.</summary>
    public static AppBuild ForAzure { get; } = new(["-r", "linux-x64", "--self-contained", "-p:PublishReadyToRun=true"]);
}
