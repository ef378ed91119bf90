using System.CommandLine;
using System.Globalization;
using CostMonitor.Cli.Files;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Statistics;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;

namespace CostMonitor.Cli.Commands;

/// <summary><c>costmon summarize</c>: from JSONL files or from storage, with the same figures to the last digit.</summary>
internal static class SummarizeCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files") { Description = "JSONL files of runs.", Arity = ArgumentArity.ZeroOrMore };
        var storage = new Option<string?>("--storage-setting")
        {
            Description = "Read from storage instead: the name of the environment variable with the connection string, such as AzureWebJobsStorage.",
        };
        var batch = new Option<string?>("--batch") { Description = "From storage: the runs of one batch." };
        var from = new Option<DateTimeOffset?>("--from") { Description = "From storage: the first start, as 2026-11-21T00:00:00Z; a day ago if not given.", CustomParser = Instant };
        var before = new Option<DateTimeOffset?>("--to") { Description = "From storage: the end, exclusive; now if not given.", CustomParser = Instant };
        var by = ByOption();
        var tags = new TagOptions();
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var csv = new Option<string?>("--csv") { Description = "Write the runs to this file as CSV too." };
        var fail = new Option<bool>("--fail-on-unpriced") { Description = "Exit with 1 when a call used tokens and has no cost." };
        var command = new Command("summarize", "Summarises recorded runs.") { files, storage, batch, from, before, by, json, csv, fail };
        tags.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var paths = parsed.GetValue(files) ?? [];
            var wanted = tags.Read(parsed);
            IReadOnlyList<RunRecord> all = parsed.GetValue(storage) is { } setting
                ? await FromStorageAsync(setting, parsed.GetValue(batch), parsed.GetValue(from), parsed.GetValue(before), cancellationToken)
                : [.. paths.SelectMany(JsonlRunFile.Read)];
            if (paths.Length == 0 && parsed.GetValue(storage) is null) throw new InvalidOperationException("Name JSONL files, or --storage-setting.");
            RunRecord[] runs = [.. all.Where(r => r.Tags.Meet(wanted))];
            SummaryTable.Write(Summary.Of(runs, parsed.GetValue(by)), parsed.GetValue(json));
            if (parsed.GetValue(csv) is { } path) CsvRunFile.Write(path, runs);
            return parsed.GetValue(fail) ? Judge(UnpricedWatch.Of(runs)) : ExitCodes.Fine;
        });
        return command;
    }

    private static int Judge(UnpricedWatch unpriced)
    {
        if (unpriced.Calls > 0) Words.Say($"{unpriced}");
        foreach (var (reason, calls) in unpriced.Reasons) Words.Say(string.Create(CultureInfo.InvariantCulture, $"{calls} unpriced: {reason}"));
        return unpriced.IsAlert ? ExitCodes.CheckFailed : ExitCodes.Fine;
    }

    public static Option<SummaryGrouping> ByOption() => new("--by")
    {
        Description = $"What a row stands for: {EnumNames.All<SummaryGrouping>()}; days are UTC.",
        DefaultValueFactory = _ => SummaryGrouping.Model,
    };

    private static async Task<IReadOnlyList<RunRecord>> FromStorageAsync(
        string setting, string? batch, DateTimeOffset? from, DateTimeOffset? before, CancellationToken cancellationToken)
    {
        var account = StorageAccount.FromSettings(setting, Environment.GetEnvironmentVariable);
        var runs = new RunTable(account, TimeProvider.System);
        var batches = new BatchTable(account, runs, TimeProvider.System);
        if (batch is not null) return await batches.RunsAsync(new BatchId(batch), cancellationToken).ToListAsync(cancellationToken);
        var end = before ?? TimeProvider.System.GetUtcNow();
        var models = await batches.ModelsAsync(cancellationToken);
        return await runs.QueryAsync(models, from ?? end - TimeSpan.FromDays(1), end, cancellationToken).ToListAsync(cancellationToken);
    }

    private static DateTimeOffset? Instant(System.CommandLine.Parsing.ArgumentResult result)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, utc, out var instant)) return instant;
        result.AddError($"Expected a time as 2026-11-21T09:00:00Z, got '{result.Tokens[0].Value}'.");
        return null;
    }
}
