using System.CommandLine;
using CostMonitor.Cli.Files;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Statistics;
using CostMonitor.Providers.Calling;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Simulated;
using Spectre.Console;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon bench</c>: runs a plan without Functions, and keeps every run as it comes.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("plan") { Description = "The plan's file." };
        var models = ModelsOption.Create();
        var output = new Option<string>("--out") { Description = "The JSONL file of the runs.", DefaultValueFactory = _ => "bench.jsonl" };
        var resume = new Option<bool>("--resume") { Description = "Run only what the JSONL file lacks." };
        var csv = new Option<string?>("--csv") { Description = "Write the runs to this file as CSV too, such as baseline_results.csv." };
        var concurrency = new Option<int>("--concurrency") { Description = "Calls in flight: 1 to 1,000. More than one call at a time measures load, not latency.", DefaultValueFactory = _ => 1 };
        var realTime = new Option<bool>("--real-time") { Description = "Let simulated models really wait; figures then depend on this machine." };
        var limit = new Option<decimal?>("--budget") { Description = "The most that all runs of the file may cost, in USD: what does not fit is not made, and the exit code is 1." };
        var catalog = new CatalogOptions();
        var by = SummarizeCommand.ByOption();
        var json = new Option<bool>("--json") { Description = "The summary as JSON instead of a table." };
        var command = new Command("bench", "Runs a plan and prints its summary. A plan of simulated models alone runs on a simulated clock: at once, with identical figures each time.")
        {
            file, models, output, resume, csv, concurrency, realTime, limit, by, json,
        };
        catalog.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(output);
            await using var budget = Budget(parsed.GetValue(limit), path, parsed.GetValue(resume));
            var parts = new ChainParts { Ledger = budget?.Ledger };
            var prices = catalog.Read(parsed);
            var job = Job.Read(parsed.GetRequiredValue(file), parsed.GetValue(models), parsed.GetValue(realTime), parsed.GetValue(concurrency), parts with { Prices = () => prices });
            var done = Recorded(path, parsed.GetValue(resume), job.Runs);
            await RunAsync(job, path, done, budget, cancellationToken);
            var runs = JsonlRunFile.Read(path);
            SummaryTable.Write(Summary.Of(runs, parsed.GetValue(by)), parsed.GetValue(json));
            if (parsed.GetValue(csv) is { } table) CsvRunFile.Write(table, runs);
            if (budget?.Refusal is not { } refusal) return ExitCodes.Fine;
            Words.Say(refusal);
            return ExitCodes.CheckFailed;
        });
        return command;
    }

    private static HashSet<RunId> Recorded(string path, bool resume, IReadOnlyList<RunRequest> runs)
    {
        if (!File.Exists(path)) return [];
        if (!resume) throw new InvalidOperationException($"'{path}' exists: give --resume to go on with it, or another --out.");
        var done = JsonlRunFile.Read(path).Select(r => r.Id).ToHashSet();
        var strange = done.Except(runs.Select(r => r.Id)).ToArray();
        return strange.Length == 0 ? done : throw new InvalidOperationException($"'{path}' holds runs of another plan, such as {strange[0]}.");
    }

    private static BenchBudget? Budget(decimal? limit, string path, bool resume)
    {
        if (limit is not { } usd) return null;
        if (usd < 0) throw new InvalidOperationException($"--budget is in USD and not negative, got {usd}.");
        var spent = resume && File.Exists(path) ? JsonlRunFile.Read(path).Aggregate(Usd.Zero, static (sum, run) => sum + (run.Cost.Amount ?? Usd.Zero)) : Usd.Zero;
        return new BenchBudget(new Usd(usd), spent);
    }

    private static async Task RunAsync(Job job, string path, HashSet<RunId> done, BenchBudget? budget, CancellationToken cancellationToken)
    {
        using var gate = new SemaphoreSlim(job.Concurrency);
        using var file = JsonlRunFile.Append(path);
        await job.Clients.WarmAsync(job.Plan.Models, cancellationToken);
        await Words.Console.Progress().HideCompleted(true).StartAsync(async context =>
        {
            var bar = context.AddTask(Markup.Escape(job.Plan.Name), maxValue: job.Runs.Count);
            bar.Increment(done.Count);
            var loop = new RunLoop(new RunEngine(job.Clients, job.Prices, job.Time), job.Time, gate);
            var writer = new Counting(file, bar);
            await loop.RunAsync(job.Runs.Where(r => !done.Contains(r.Id)), budget?.Over(writer) ?? writer, cancellationToken);
        });
    }

    private sealed class Counting(IRunWriter inner, ProgressTask bar) : IRunWriter
    {
        public async Task AddAsync(RunRecord record, CancellationToken cancellationToken)
        {
            await inner.AddAsync(record, cancellationToken);
            bar.Increment(1);
        }
    }

    private sealed record Job(RunPlan Plan, IReadOnlyList<RunRequest> Runs, ModelClients Clients, PriceCatalog Prices, TimeProvider Time, int Concurrency)
    {
        public static Job Read(string file, string? models, bool realTime, int concurrency, ChainParts parts)
        {
            if (concurrency is < 1 or > 1000) throw new InvalidOperationException($"--concurrency is from 1 to 1000, got {concurrency}.");
            var clients = ModelsOption.Read(models, TimeProvider.System, parts);
            var plan = InputFiles.Plan(file, model => clients.IsConfigured(model, out _));
            var runs = RunSchedule.Of(plan, PlanCommand.BatchOf(plan));
            if (realTime || concurrency > 1 || !plan.Models.All(clients.Configuration.IsSimulated)) return new Job(plan, runs, clients, parts.Prices(), TimeProvider.System, concurrency);
            var clock = new VirtualClock(TimeProvider.System.GetUtcNow());
            return new Job(plan, runs, ModelsOption.Read(models, clock, parts), parts.Prices(), clock, concurrency);
        }
    }
}
