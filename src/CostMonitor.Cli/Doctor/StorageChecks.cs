using CostMonitor.Core.Checks;
using CostMonitor.Storage;
using CostMonitor.Storage.Checks;

namespace CostMonitor.Cli.Doctor;

/// <summary>Proves that storage can be used, once it is known to answer.</summary>
internal static class StorageChecks
{
    private const string Setting = "AzureWebJobsStorage";
    private const string Name = "storage round trip";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Writes, reads and removes a row and a message.</summary>
    /// <param name="setting">Gives the settings.</param>
    /// <param name="platform">What was found of storage before: it must have answered.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<Check> RoundTripAsync(Func<string, string?> setting, IReadOnlyList<Check> platform, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!platform.Any(static c => c is { Name: "storage", Outcome: CheckOutcome.Fine })) return Check.Skipped(Name, "storage does not answer");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var started = time.GetTimestamp();
        try
        {
            await StorageRoundTrip.RunAsync(StorageAccount.FromSettings(Setting, setting), time, limit.Token);
            return Check.Fine(Name, $"a row and a message were written, read and removed in {time.GetElapsedTime(started).TotalMilliseconds:0} ms");
        }
        catch (StorageException e)
        {
            return Check.Failed(Name, StorageProbe.Open(Setting, setting, time).Of(e));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Check.Failed(Name, new Problem("storage", $"It answers, but not a round trip within {Limit.TotalSeconds:0} s.", "Look at the account's latency and throttling in Azure Monitor."));
        }
    }

    /// <summary>An emulator that is not running is no fault: <c>costmon up</c> starts it.</summary>
    public static IReadOnlyList<Check> WithoutEmulator(Func<string, string?> setting, IReadOnlyList<Check> platform) =>
        setting(Setting)?.Trim() is not "UseDevelopmentStorage=true" ? platform
        : [.. platform.Select(static c => c is { Name: "storage", Outcome: CheckOutcome.Failed } ? Check.Remark(c.Name, "Azurite does not run; 'costmon up' starts it") : c)];
}
