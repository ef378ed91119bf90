using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Runs;
using CostMonitor.Testing.ScriptedServer;

namespace CostMonitor.Testing.Chaos;

/// <summary>What came of a chaos run, on our side and in the books of the servers.</summary>
public sealed record ChaosReport
{
    public required TimeSpan Took { get; init; }

    /// <summary>By the number of the call, in their order.</summary>
    public required IReadOnlyList<RunOutcome> Outcomes { get; init; }

    /// <summary>As the writer was given them.</summary>
    public required IReadOnlyList<RunRecord> Records { get; init; }

    /// <summary>Of each server.</summary>
    public required IReadOnlyList<ServerBooks> Books { get; init; }

    /// <summary>For each call, how many of its requests a server met.</summary>
    public required IReadOnlyList<int> Accepted { get; init; }

    /// <summary>For each call, how many whole answers a server gave.</summary>
    public required IReadOnlyList<int> Answered { get; init; }

    public required IReadOnlyDictionary<string, int> Injected { get; init; }

    /// <summary>How many calls had ended when the dead endpoint was back.</summary>
    public required int CallsBeforeReturn { get; init; }

    public IEnumerable<CallAttempt> Attempts => Outcomes.SelectMany(static o => o.Path.Attempts);

    /// <summary>Attempts that answered.</summary>
    public int AttemptsAnswered => Attempts.Count(static a => a.Failure is null);

    /// <summary>In their order.</summary>
    public required IReadOnlyList<BreakerChange> BreakerChanges { get; init; }

    /// <summary>Changes of the deployment within a call.</summary>
    public int Failovers => Outcomes.Sum(static o => o.Path.Route?.Failovers ?? 0);

    /// <summary>Calls that ended because a breaker was open.</summary>
    public int BreakerRefusals => Outcomes.Count(static o => o is RunOutcome.Failed { ErrorType: "breaker_open" or "all_down" });

    /// <summary>Whether the servers met what the path of a call says: an attempt with a status was met, a refused connection was not, and of the rest only the server knows.</summary>
    public bool IsMet(int call)
    {
        var attempts = Outcomes[call].Path.Attempts;
        var surely = attempts.Count(static a => a.HttpStatus is not null);
        var perhaps = attempts.Count(static a => a.HttpStatus is null && a.Failure is { ErrorType: not "connection_refused" });
        return Accepted[call] >= surely && Accepted[call] <= surely + perhaps && Answered[call] == attempts.Count(static a => a.Failure is null);
    }
}
