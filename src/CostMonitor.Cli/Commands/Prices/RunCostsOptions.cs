using System.CommandLine;
using CostMonitor.Cli.Files;
using CostMonitor.Core.Pricing.Repricing;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>Where the runs are whose costs change.</summary>
internal sealed class RunCostsOptions
{
    private readonly Option<string?> _file = new("--runs") { Description = "A JSONL file of runs." };

    private readonly Option<string?> _storage = new("--storage-setting")
    {
        Description = "Storage instead of a file: the name of the environment variable with its connection string, such as AzureWebJobsStorage.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_file);
        command.Options.Add(_storage);
    }

    /// <exception cref="InvalidOperationException">Neither is named, or both.</exception>
    public async Task<IRunCosts> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (file, setting) = (parsed.GetValue(_file), parsed.GetValue(_storage));
        if (file is null == setting is null) throw new InvalidOperationException("Say where the runs are: --runs FILE.jsonl or --storage-setting NAME, one of them.");
        if (file is not null) return new JsonlRunCosts(file);
        var account = StorageAccount.FromSettings(setting ?? "", Environment.GetEnvironmentVariable);
        var (runs, changes) = (new RunTable(account, TimeProvider.System), new PriceChangeTable(account));
        await changes.CreateIfNotExistsAsync(cancellationToken);
        return new StoredRunCosts(runs, new BatchTable(account, runs, TimeProvider.System), changes, TimeProvider.System);
    }
}
