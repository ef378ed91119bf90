using System.CommandLine;
using System.Globalization;
using CostMonitor.Cli.Files;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;
using CostMonitor.Storage;
using CostMonitor.Storage.Records;
using Spectre.Console;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices explain</c>: every factor of the cost of a recorded run, or of a usage typed in.</summary>
internal static class PricesExplainCommand
{
    public static Command Create()
    {
        var offer = new OfferOptions();
        var usage = new Option<BilledUsage?>("--usage")
        {
            Description = "What was used, as input=1000,output=2000; token classes, and requests, images and hours.", CustomParser = UsageText.Parse,
        };
        var payload = new Option<string?>("--payload") { Description = "A file with what a provider answered, or its usage alone, instead of --usage." };
        var flavor = new Option<UsageFlavor?>("--flavor") { Description = $"The payload's shape: {EnumNames.All<UsageFlavor>()}; found by its fields if not given.", CustomParser = PayloadFile.ReadFlavor };
        var run = new Option<string?>("--run") { Description = "Explain a recorded run instead: its id." };
        var file = new Option<string?>("--file") { Description = "The JSONL file that holds the run." };
        var storage = new Option<string?>("--storage-setting") { Description = "The storage that holds the run: the name of the environment variable with its connection string." };
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var catalog = new CatalogOptions();
        var command = new Command("explain", "Explains what a call costs.") { usage, payload, flavor, run, file, storage, json };
        offer.AddTo(command);
        catalog.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var prices = catalog.Read(parsed);
            var recorded = parsed.GetValue(run) is { } id ? await FindAsync(RunId.Parse(id), parsed.GetValue(file), parsed.GetValue(storage), cancellationToken) : null;
            var explanation = recorded is not null ? Of(prices, recorded) : PriceExplanation.Of(prices, offer.Read(parsed), null, parsed.GetValue(payload) is { } path ? new BilledUsage(PayloadFile.Read(path, parsed.GetValue(flavor))) : Usage(parsed.GetValue(usage)), offer.Day(parsed));
            if (parsed.GetValue(json)) Data.Json(explanation.Write);
            else Show(explanation);
            if (recorded is null) return ExitCodes.Fine;
            Words.Say(recorded.Cost.Amount is { } cost ? $"Recorded: {cost} ({recorded.Cost.Label})" : $"Recorded: unpriced. {recorded.Cost.UnpricedReason}");
            var whole = CallPricing.CostOf(recorded, (billed, answeredBy, tokens) => prices.CostOf(billed, answeredBy, tokens, recorded.Started));
            if (whole.Amount != explanation.Cost.Amount) Words.Say($"With {recorded.EarlierAttempts.Count} earlier attempts: {whole.Amount?.ToString() ?? whole.UnpricedReason}");
            return recorded.Cost.Amount == whole.Amount ? ExitCodes.Fine : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static BilledUsage Usage(BilledUsage? typed) =>
        typed ?? throw new InvalidOperationException("Give --usage, as in --usage input=1000,output=2000, --payload, or --run with --file or --storage-setting.");

    private static PriceExplanation Of(PriceCatalog prices, RunRecord run) => PriceExplanation.Of(
        prices, run.Offer, run.AnsweredBy, new BilledUsage(run.Usage?.Tokens ?? throw new InvalidOperationException($"{run.Id} has no usage: {run.Cost.UnpricedReason}")),
        DateOnly.FromDateTime(run.Started.UtcDateTime));

    private static async Task<RunRecord> FindAsync(RunId id, string? file, string? storage, CancellationToken cancellationToken)
    {
        if (file is not null) return JsonlRunFile.Read(file).FirstOrDefault(r => r.Id == id) ?? throw new InvalidOperationException($"'{file}' has no run {id}.");
        if (storage is null) throw new InvalidOperationException("Say where the run is: --file or --storage-setting.");
        var account = StorageAccount.FromSettings(storage, Environment.GetEnvironmentVariable);
        var batches = new BatchTable(account, new RunTable(account, TimeProvider.System), TimeProvider.System);
        return await batches.FindRunAsync(id, cancellationToken) ?? throw new InvalidOperationException($"Storage has no run {id}.");
    }

    private static void Show(PriceExplanation explanation)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumn("class");
        foreach (var column in new[] { "quantity", "price", "per", "tier above", "cost" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var part in explanation.Parts)
        {
            var charged = part.ChargedAs is { } other && other != part.TokenClass ? $" (as {TokenClasses.NameOf(other)})" : "";
            table.AddRow(
                Markup.Escape(part.Name + charged), Text(part.Quantity), part.Rate is { } rate ? "$" + Text(rate) : "none", EnumNames.Of(part.Unit),
                part.TierAbove > 0 ? Text(part.TierAbove) : "", part.Cost is { } cost ? "$" + cost.ToExactString() : "unknown");
        }

        table.AddRow("sum", "", "", "", "", explanation.Cost.Amount is { } sum ? "$" + sum.ToExactString() : "unknown");
        Data.Table(table);
        foreach (var fact in explanation.Facts()) Words.Say(fact);
        if (explanation.Cost.UnpricedReason is { } reason) Words.Say(reason);
    }

    private static string Text(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);
}
