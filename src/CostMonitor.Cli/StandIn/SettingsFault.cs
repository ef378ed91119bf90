namespace CostMonitor.Cli.StandIn;

/// <summary>One thing that is wrong in a settings file.</summary>
/// <param name="File">The file's path, relative to the app folder.</param>
/// <param name="Path">Where in the file, as a JSON path: <c>$.extensions.queues.batchSize</c>.</param>
/// <param name="Problem">What was expected there, and what was found.</param>
public sealed record SettingsFault(string File, string Path, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}: {Path}: {Problem}";
}
