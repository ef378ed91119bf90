using System.CommandLine;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Repricing;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary>The options of every command that changes stored costs, and the way all of them go: a preview, a change, or the rest of one that broke off.</summary>
internal sealed class ChangeOptions
{
    private readonly RunCostsOptions _runs = new();
    private readonly Option<bool> _apply = new("--apply") { Description = "Change the stored costs; without it only a preview is given." };
    private readonly Option<string?> _by = new("--by") { Description = "Who changes them and why, for the audit; needed with --apply." };
    private readonly Option<bool> _json = new("--json") { Description = "JSON instead of a table." };

    private readonly Option<PriceChangeId?> _resume = new("--resume")
    {
        Description = "The id of a change that broke off: does the rest of it.", CustomParser = ChangeIds.ReadOption,
    };

    public void AddTo(Command command)
    {
        _runs.AddTo(command);
        foreach (Option option in new Option[] { _apply, _by, _resume, _json }) command.Options.Add(option);
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="catalog">The prices; of no matter for a revert.</param>
    /// <param name="request">Gives what is asked for; not called when a change is resumed.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task<int> RunAsync(
        ParseResult parsed, PriceCatalog catalog, Func<PriceChangeRun, Task<RepricingRequest>> request, CancellationToken cancellationToken)
    {
        var changes = new PriceChangeRun(await _runs.OpenAsync(parsed, cancellationToken), catalog, TimeProvider.System);
        var (head, report) = (parsed.GetValue(_resume), parsed.GetValue(_apply)) switch
        {
            ({ } id, _) => await changes.ResumeAsync(id, cancellationToken),
            (_, true) => await changes.ApplyAsync(await request(changes), By(parsed), cancellationToken),
            _ => ((PriceChangeHead?)null, await changes.PreviewAsync(await request(changes), cancellationToken)),
        };
        if (parsed.GetValue(_json)) Data.Json(json => RepricingOutput.Write(json, head, report));
        else RepricingOutput.Show(head, report);
        return ExitCodes.Fine;
    }

    private string By(ParseResult parsed) => parsed.GetValue(_by) is { Length: > 0 and <= 200 } by
        ? by
        : throw new InvalidOperationException("With --apply, say --by who and why, in at most 200 characters: the audit keeps it.");
}
