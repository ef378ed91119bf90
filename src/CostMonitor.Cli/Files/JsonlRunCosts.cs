using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing.Repricing;

namespace CostMonitor.Cli.Files;

/// <summary>Changes the costs of the runs in a JSONL file: some blocks of lines at a time on all cores, into a new file that then takes the old one's place.</summary>
/// <remarks>Lines that do not change keep their bytes, a last line that a kill cut off too. Killed on the way, the file is as it was.</remarks>
internal sealed class JsonlRunCosts(string path) : IRunCosts
{
    private const int MostFaults = 100;

    public IPriceChangeLog Changes { get; } = new JsonlPriceChanges(path + ".price-changes.jsonl");

    public async Task<RepricingReport> ChangeAsync(CostChange change, CancellationToken cancellationToken)
    {
        var fresh = change.Head is { } head ? $"{path}.{head.Id}.new" : null;
        try
        {
            var (tally, size) = await RewriteAsync(fresh, change, cancellationToken);
            if (fresh is not null) Replace(fresh, size);
            return tally.ToReport();
        }
        finally
        {
            if (fresh is not null) File.Delete(fresh);
        }
    }

    private async Task<(RepricingTally Tally, long Size)> RewriteAsync(string? fresh, CostChange change, CancellationToken cancellationToken)
    {
        await using var file = Open();
        await using var output = fresh is null ? Stream.Null : new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.None);
        var (tally, faults, lines) = (new RepricingTally(), new InputFaults(), new LineBlocks(file));
        var underWay = new Queue<Task<RepricedBlock>>();
        while (await lines.ReadAsync(cancellationToken) is var (block, before))
        {
            underWay.Enqueue(Task.Run(() => RepricedBlock.Of(path, block, before, change), cancellationToken));
            if (underWay.Count > Environment.ProcessorCount) await TakeAsync(await underWay.Dequeue());
        }

        while (underWay.TryDequeue(out var block)) await TakeAsync(await block);
        faults.ThrowIfAny();
        if (output is FileStream written) written.Flush(flushToDisk: true);
        return (tally, file.Position);

        async Task TakeAsync(RepricedBlock block)
        {
            faults.AddRange(block.Faults.Take(MostFaults - faults.Faults.Count));
            foreach (var (model, cost) in block.Costs) tally.Add(model, cost);
            await output.WriteAsync(block.Bytes, cancellationToken);
        }
    }

    private FileStream Open()
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "", $"The file cannot be read: {e.Message}");
        }
    }

    private void Replace(string fresh, long size)
    {
        if (new FileInfo(path).Length != size) throw new IOException($"'{path}' was written to while its costs changed; nothing of it was replaced. Try again when nobody adds to it.");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(fresh, File.GetUnixFileMode(path));
        File.Move(fresh, path, overwrite: true);
    }
}
