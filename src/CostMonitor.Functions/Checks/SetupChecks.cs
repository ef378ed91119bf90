using CostMonitor.Core.Checks;
using CostMonitor.Storage;
using CostMonitor.Storage.Checks;

namespace CostMonitor.Functions.Checks;

/// <summary>What can be said of the set-up without putting the app together. The CLI compiles this file too.</summary>
/// <param name="setting">Gives the settings, without secrets that are not resolved.</param>
/// <param name="unresolved">The secrets that are not resolved.</param>
/// <param name="time">The clock.</param>
internal sealed class SetupChecks(Func<string, string?> setting, IReadOnlyList<Problem> unresolved, TimeProvider time)
{
    private const string StorageSetting = "AzureWebJobsStorage";
    private const string Clock = "clock";

    private StorageProbe? _probe;

    /// <summary>Secrets, and whether storage answers; within seconds, whatever is wrong.</summary>
    public async Task<IReadOnlyList<Check>> OfPlatformAsync(CancellationToken cancellationToken)
    {
        var secrets = unresolved.Count == 0 ? Check.Fine("secrets", "every reference is resolved") : Check.Failed("secrets", unresolved);
        if (unresolved.Any(static p => p.Where == $"setting {StorageSetting}")) return [secrets, Check.Skipped("storage", "its setting is not resolved"), Check.Skipped(Clock, "storage was not asked")];
        try
        {
            _probe ??= StorageProbe.Open(StorageSetting, setting, time);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            return [secrets, Check.Failed("storage", new Problem($"setting {StorageSetting}", e.Message, "")), Check.Skipped(Clock, "storage was not asked")];
        }

        var problems = await _probe.ProblemsAsync(cancellationToken);
        Problem[] storage = [.. problems.Where(static p => p.Where != Clock)], clock = [.. problems.Where(static p => p.Where == Clock)];
        return
        [
            secrets,
            storage.Length > 0 ? Check.Failed("storage", storage) : Check.Fine("storage", "tables and queues answer"),
            clock.Length > 0 ? Check.Failed(Clock, clock) : storage.Length > 0 ? Check.Skipped(Clock, "storage does not answer") : Check.Fine(Clock, "agrees with that of storage"),
        ];
    }

    public IReadOnlyList<Check> OfFiles() => FileChecks.Run(setting, time);

    /// <summary>What is wrong when a request to storage failed that came after the probe.</summary>
    public Problem Of(StorageException e) => _probe?.Of(e) ?? new Problem("storage", e.Message, "");
}
