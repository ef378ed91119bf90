namespace CostMonitor.Cli.StandIn;

/// <summary>
/// Decides after the app's process ended whether the host starts it again: not after exit code 0, always after 200, and after
/// any other until <paramref name="giveUpAfter"/> errors are in the bucket, which empties when two are over 30 minutes apart.
/// </summary>
internal sealed class RestartPolicy(int giveUpAfter, TimeProvider clock)
{
    private const int RestartWanted = 200;
    private static readonly TimeSpan BucketAge = TimeSpan.FromMinutes(30);
    private long _lastError;
    private int _errors;

    /// <summary>Why the host does not start the app again; null when it does.</summary>
    public string? RefusalAfter(int exitCode)
    {
        if (exitCode == 0) return "the app exited with 0, after which the host does not start it again";
        if (exitCode == RestartWanted) return null;
        var now = clock.GetTimestamp();
        _errors = _errors > 0 && clock.GetElapsedTime(_lastError, now) > BucketAge ? 1 : _errors + 1;
        _lastError = now;
        return _errors < giveUpAfter
            ? null
            : $"the app failed {_errors} times, the last time with exit code {exitCode}, and the host gives up";
    }
}
