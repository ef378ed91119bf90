using CostMonitor.Core.Runs;
using CostMonitor.Testing.Chaos;
using CostMonitor.Testing.ScriptedServer;

namespace CostMonitor.Bench;

/// <summary>The chaos run of the tests, with its figures: one of three endpoints is dead for 60 seconds.</summary>
internal static class ChaosBench
{
    public static async Task RunAsync()
    {
        var plan = new ChaosPlan();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(15));
        var report = await ChaosRun.RunAsync(plan, limit.Token);
        var books = report.Books.Aggregate(ServerBooks.Add);
        var elapsed = report.Outcomes.Select(static o => o.Path.Elapsed.TotalSeconds).ToList();
        var unmet = Enumerable.Range(0, plan.Calls).Count(call => !report.IsMet(call));

        Console.WriteLine();
        Figures.Print($"(j) Chaos: {plan.Calls} calls over {ChaosPlan.Endpoints.Count} endpoints, {plan.Concurrency} at once, one endpoint dead for {plan.Dead.TotalSeconds:0} s, seed {plan.Seed}; took {report.Took.TotalSeconds:0} s.");
        Figures.Print($"    records {report.Records.Count}, of different runs {report.Records.Select(static r => r.Id).Distinct().Count()}; answered {report.Outcomes.Count(static o => o is RunOutcome.Succeeded)}; longest call {elapsed.Max():0.0} s of {plan.Total.TotalSeconds:0} s allowed.");
        Figures.Print($"    servers: {books.Accepted} met, {books.Answered} answered, {books.Refused} refused, {books.Cut} cut; recorded: {report.Attempts.Count()} attempts, {report.AttemptsAnswered} answered; calls whose books differ: {unmet}.");
        Figures.Print($"    failovers {report.Failovers}, calls refused by a breaker {report.BreakerRefusals}; breakers: {string.Join(", ", report.BreakerChanges.Select(static c => $"{c.Deployment} {c.From} to {c.To}"))}.");
        foreach (var (name, count) in report.Injected.OrderBy(static f => f.Key, StringComparer.Ordinal)) Figures.Print($"    injected {count,4}  {name}");
        foreach (var failures in report.Outcomes.OfType<RunOutcome.Failed>().GroupBy(static f => $"{f.Stage} {f.ErrorType}").OrderByDescending(static g => g.Count()))
        {
            Figures.Print($"    failed   {failures.Count(),4}  {failures.Key}");
        }
    }
}
