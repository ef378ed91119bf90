using CostMonitor.Core.Runs;
using CostMonitor.Providers.Tests.Calling;
using CostMonitor.Testing.Chaos;
using Xunit;
using Xunit.Abstractions;

namespace CostMonitor.Providers.Tests.Chain;

/// <summary>2,000 calls over three endpoints under seeded faults, one endpoint dead for a tenth of a minute, all limits a tenth of those in use.</summary>
[Collection(nameof(Timing))]
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task RunAsync_GivenFaultsAndADeadEndpoint_LosesNothingAndNeverHangs()
    {
        var plan = new ChaosPlan(Scale: 1);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(85));

        var report = await ChaosRun.RunAsync(plan, limit.Token);

        output.WriteLine($"{report.Took}, {report.CallsBeforeReturn} calls before the return, {report.Books.Aggregate((a, b) => a + b)}");
        NothingHung(plan, report);
        EveryCallHasOneRecord(plan, report);
        TheBooksAgree(plan, report);
        OnlyTheStruckFailed(report);
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

    // Everybody else's answer came, at the latest with the third retry.
    private static void OnlyTheStruckFailed(ChaosReport report)
    {
        string[] final = ["broke_off", "stalled", "invalid_json", "content_filter"], ofTheDead = ["connection_refused", "connection_reset", "connection_closed"];
        var failed = report.Outcomes.OfType<RunOutcome.Failed>().ToList();
        Assert.All(failed, f => Assert.Contains(f.ErrorType, (string[])[.. final, .. ofTheDead, "timeout", "server_error", "rate_limit_exceeded"]));
        Assert.True(failed.Count < report.Outcomes.Count / 3, $"{failed.Count} calls failed.");
    }
}
