using CostMonitor.Core.Calling.Breaking;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Tests.Calling;
using CostMonitor.Testing.Chaos;
using Xunit;
using Xunit.Abstractions;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>2,000 calls to a route over three endpoints under seeded faults, one endpoint dead for a minute.</summary>
[Collection(nameof(Timing))]
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task RunAsync_GivenFaultsAndADeadEndpoint_LosesNothingAndNeverHangs()
    {
        var plan = new ChaosPlan();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));

        var report = await ChaosRun.RunAsync(plan, limit.Token);

        output.WriteLine($"{report.Took}, {report.CallsBeforeReturn} calls before the return, {report.Books.Aggregate((a, b) => a + b)}");
        foreach (var change in report.BreakerChanges) output.WriteLine($"{change.Status.Since:mm:ss.fff} {change.Deployment} {change.From} to {change.To}: {change.Reason}");
        NothingHung(plan, report);
        EveryCallHasOneRecord(plan, report);
        TheBooksAgree(plan, report);
        OnlyTheStruckFailed(report);
        TheDeadEndpointWasLeftAlone(report);
    }

    private static void TheDeadEndpointWasLeftAlone(ChaosReport report)
    {
        var dead = report.BreakerChanges.Where(static c => c.Deployment == ChaosPlan.Endpoints[0]).ToList();
        Assert.Equal(1, dead.Count(static c => c.IsOpening)); // what raises the alert
        Assert.Equal(BreakerState.Closed, dead[^1].To);
        Assert.True(report.Failovers > 0, "No call failed over.");
        var felt = report.Attempts.Count(static a => a.Failure?.ErrorType == "connection_refused");
        Assert.InRange(felt, 5, 5 + 32 + 13); // the row, what was under way, and the probes of a minute
        Assert.Contains(report.Outcomes.TakeLast(100), static o => o.Path.Route?.Target == ChaosPlan.Endpoints[0]); // it is asked again
    }

    private static void NothingHung(ChaosPlan plan, ChaosReport report)
    {
        var grace = TimeSpan.FromSeconds(3); // a second for a client that heeds no token, the rest for a busy machine
        Assert.All(report.Outcomes, o => Assert.InRange(o.Path.Elapsed, TimeSpan.Zero, plan.Total + grace));
        Assert.All(report.Attempts, a => Assert.InRange(a.Took, TimeSpan.Zero, plan.Attempt + grace));
        Assert.InRange(report.CallsBeforeReturn, plan.CallsBeforeDeath + 1, plan.Calls - 1); // there were calls before, during and after
    }

    private static void EveryCallHasOneRecord(ChaosPlan plan, ChaosReport report)
    {
        Assert.Equal(plan.Calls, report.Outcomes.Count);
        Assert.Equal(Enumerable.Range(0, plan.Calls), report.Records.Select(static r => r.Id.Ordinal).Order());
        Assert.Equal(report.Outcomes.Count(static o => o is RunOutcome.Succeeded), report.Records.Count(static r => r.Succeeded));
    }

    private static void TheBooksAgree(ChaosPlan plan, ChaosReport report)
    {
        Assert.All(Enumerable.Range(0, plan.Calls), call => Assert.True(report.IsMet(call), $"Call {call}: {report.Accepted[call]} met, {report.Answered[call]} answered; {string.Join(", ", report.Outcomes[call].Path.Attempts.Select(static a => a.Named()))}"));
        Assert.Equal(report.Books.Sum(static b => b.Answered), report.AttemptsAnswered);
        Assert.Equal(report.Books.Sum(static b => b.Accepted), report.Accepted.Sum());
        var refused = report.Attempts.Count(static a => a.Failure?.ErrorType == "connection_refused");
        Assert.True(refused > 0, "The dead endpoint was not felt.");
        Assert.InRange(report.Attempts.Count() - refused, report.Accepted.Sum(), report.Accepted.Sum() + plan.Concurrency); // what was on its way when the endpoint died
    }

    // Everybody else's answer came, from whichever endpoint: only what broke after its first token, and what a filter refused, could not be had elsewhere;
    // and what both living endpoints answered with a fault while the third was dead. With a fault for each tenth call, five in a row open a living endpoint's
    // breaker in one run of fifty or so: then it could not be asked.
    private static void OnlyTheStruckFailed(ChaosReport report)
    {
        string[] final = ["broke_off", "stalled", "invalid_json", "content_filter"];
        var living = ChaosPlan.Endpoints.Skip(1).ToList();
        var opened = living.Where(e => report.BreakerChanges.Any(c => c.Deployment == e && c.IsOpening)).ToList();
        var failed = report.Outcomes.OfType<RunOutcome.Failed>().ToList();
        var (struckEverywhere, struck) = (failed.Where(static f => f.ErrorType == "all_down").ToList(), failed.Where(static f => f.ErrorType != "all_down").ToList());
        Assert.All(struck, f => Assert.Contains(f.ErrorType, final));
        Assert.All(struckEverywhere, f => Assert.Empty(living.Except(f.Path.Attempts.Where(static a => a.Failure?.ErrorType != "connection_refused").Select(static a => a.Model)).Except(opened)));
        if (opened.Count == 0) Assert.InRange(struckEverywhere.Count, 0, 4);
        Assert.InRange(failed.Count, 1, report.Outcomes.Count / 20);
    }
}
