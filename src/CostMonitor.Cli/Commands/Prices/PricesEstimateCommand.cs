using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CostMonitor.Cli.Output;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Pricing.Estimates;
using CostMonitor.Core.Usage;
using Spectre.Console;

namespace CostMonitor.Cli.Commands.Prices;

/// <summary><c>costmon prices estimate</c>: what a workload would cost with each of some models, side by side.</summary>
internal static class PricesEstimateCommand
{
    public static Command Create()
    {
        var models = new Argument<string[]>("models") { Description = "One or more models, as in openai:gpt-4o.", Arity = ArgumentArity.OneOrMore };
        var usage = new Option<BilledUsage?>("--usage") { Description = "What one turn uses, as input=250,output=250.", Required = true, CustomParser = UsageText.Parse };
        var perDay = new Option<decimal>("--per-day") { Description = "Conversations a day, or requests where each has one turn.", DefaultValueFactory = _ => 1000 };
        var turns = new Option<int>("--turns") { Description = "Turns of a conversation: 1 to 1,000; each sends what was said before again.", DefaultValueFactory = _ => 1 };
        var hits = new Option<decimal>("--cache-hits") { Description = "Percent of conversations that a cache answers: 0 to 100.", DefaultValueFactory = _ => 0 };
        var growth = new Option<decimal>("--growth") { Description = "Percent of growth a month: -100 to 1,000.", DefaultValueFactory = _ => 0 };
        var budget = new Option<decimal?>("--budget") { Description = "USD a month." };
        var json = new Option<bool>("--json") { Description = "JSON instead of a table." };
        var catalog = new CatalogOptions();
        var command = new Command("estimate", "Estimates what a workload costs a day and a month.") { models, usage, perDay, turns, hits, growth, budget, json };
        catalog.AddTo(command);
        command.SetAction(parsed =>
        {
            var workload = new Workload
            {
                ConversationsPerDay = Within(parsed.GetValue(perDay), "--per-day", 0, 1_000_000_000),
                Turns = (int)Within(parsed.GetValue(turns), "--turns", 1, 1000),
                PerTurn = Tokens(parsed.GetRequiredValue(usage)),
                CacheHits = Within(parsed.GetValue(hits), "--cache-hits", 0, 100) / 100,
                MonthlyGrowth = Within(parsed.GetValue(growth), "--growth", -100, 1000) / 100,
                MonthlyBudget = parsed.GetValue(budget) is { } limit ? new Usd(Within(limit, "--budget", 0, 1_000_000_000)) : null,
            };
            var prices = catalog.Read(parsed);
            var estimates = parsed.GetRequiredValue(models).Select(m => Estimate(prices, ModelKey.Parse(m), workload)).ToArray();
            if (parsed.GetValue(json)) Data.Json(writer => Write(writer, estimates));
            else Show(estimates);
            foreach (var (model, _, reason) in estimates.Where(e => e.Estimate is null)) Words.Say($"{model}: {reason}");
            return estimates.All(e => e.Estimate is not null) ? ExitCodes.Fine : ExitCodes.CheckFailed;
        });
        return command;
    }

    private static TokenUsage Tokens(BilledUsage? turn) => turn is { Requests: 1, Images: 0, Hours: 0 } usage
        ? usage.Tokens
        : throw new InvalidOperationException("A turn is one request and is estimated from its tokens: leave out requests, images and hours.");

    private static (ModelKey Model, CostEstimate? Estimate, string Reason) Estimate(PriceCatalog catalog, ModelKey model, Workload workload)
    {
        var (today, deployment) = (DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime), model.Provider == "azure-openai" ? DeploymentType.Global : DeploymentType.None);
        var offer = new Offer(model, Deployment: deployment);
        if (catalog.Find(offer, today) is not { } price) return (model, null, catalog.WhyNot(offer, today));
        var estimate = CostEstimate.Of(workload, price, out var reason);
        return (model, estimate, reason);
    }

    private static void Show(IReadOnlyList<(ModelKey Model, CostEstimate? Estimate, string Reason)> estimates)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumn("model");
        foreach (var column in new[] { "a conversation", "a day", "a month", "saved by cache", "of budget", "exceeded in" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var (model, estimate, _) in estimates)
        {
            if (estimate is null) table.AddRow(Markup.Escape(model.ToString()), "unknown", "unknown", "unknown", "", "", "");
            else table.AddRow([.. Cells(model, estimate).Select(Markup.Escape)]);
        }

        Data.Table(table);
        if (estimates.FirstOrDefault(e => e.Estimate is not null).Estimate?.DailyCap is { } cap) Words.Say($"The budget is ${Cents(cap)} a day.");
    }

    private static string[] Cells(ModelKey model, CostEstimate estimate) =>
    [
        model.ToString(), estimate.PerConversation.ToString(), "$" + Cents(estimate.PerDay), "$" + Cents(estimate.PerMonth),
        estimate.Workload.CacheHits > 0 ? "$" + Cents(estimate.SavedPerMonth) : "",
        estimate.ShareOfBudget is { } share ? (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "",
        estimate.MonthsUntilBudgetIsExceeded switch { null => "", 0 => "this month", 1 => "1 month", { } n => $"{n} months" },
    ];

    private static void Write(Utf8JsonWriter json, IEnumerable<(ModelKey Model, CostEstimate? Estimate, string Reason)> estimates)
    {
        json.WriteStartArray();
        foreach (var (model, estimate, reason) in estimates)
        {
            json.WriteStartObject();
            json.WriteString("model", model.ToString());
            if (estimate is null) json.WriteString("unpricedReason", reason);
            else WriteFigures(json, estimate);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFigures(Utf8JsonWriter json, CostEstimate estimate)
    {
        json.WriteNumber("perConversationUsd", estimate.PerConversation.Amount);
        json.WriteNumber("blendPerThousandTokensUsd", estimate.BlendPerThousandTokens.Amount);
        json.WriteNumber("perDayUsd", estimate.PerDay.Amount);
        json.WriteNumber("perMonthUsd", estimate.PerMonth.Amount);
        json.WriteNumber("savedPerMonthUsd", estimate.SavedPerMonth.Amount);
        if (estimate.DailyCap is { } cap) json.WriteNumber("dailyCapUsd", cap.Amount);
        if (estimate.ShareOfBudget is { } share) json.WriteNumber("shareOfBudget", share);
        if (estimate.MonthsUntilBudgetIsExceeded is { } months) json.WriteNumber("monthsUntilBudgetIsExceeded", months);
    }

    private static string Cents(Usd amount) => amount.Amount.ToString("#,0.00", CultureInfo.InvariantCulture);

    private static decimal Within(decimal value, string option, decimal least, decimal most) => value >= least && value <= most
        ? value
        : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{option} is from {least} to {most}, got {value}."));
}
