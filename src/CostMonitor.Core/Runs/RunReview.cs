using System.Text.Json;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Runs;

/// <summary>A run beside its cost, latency and quality as they follow from its record now: both must agree, for any run at any time.</summary>
/// <param name="Run">The record.</param>
/// <param name="Cost">The price list of the record's day, applied to the record's tokens; null when the record has no cost to compare with.</param>
/// <param name="Parts">That cost by class of tokens, without earlier attempts; empty when there is none.</param>
/// <param name="Checks">The prompt's contract applied to the kept answer; the recorded checks when the answer was not kept.</param>
/// <param name="Text">Counted over the kept answer; the recorded counts when it was not kept.</param>
public sealed record RunReview(RunRecord Run, CallCost? Cost, IReadOnlyList<CostPart> Parts, IReadOnlyList<CheckResult> Checks, TextFigures Text)
{
    public static RunReview Of(RunRecord run, PriceCatalog catalog, Prompt? prompt)
    {
        var price = catalog.Find(run.Offer, run.AnsweredBy, DateOnly.FromDateTime(run.Started.UtcDateTime));
        return new RunReview(
            run,
            run.Cost.Amount is not null && CallPricing.IsPriced(run) ? CallPricing.CostOf(run, (offer, answeredBy, tokens) => catalog.CostOf(offer, answeredBy, tokens, run.Started)) : null,
            price is not null && run.Usage is { } used ? price.Breakdown(new BilledUsage(used.Tokens)) : [],
            run is { Completion: { } answer, Succeeded: true } && prompt is not null ? prompt.Contract.Check(answer, run.FinishReason) : run.Checks,
            run.Completion is { } text ? TextFigures.Of(text) : run.Text);
    }

    /// <summary>Whether what is recomputed equals what is recorded. A record without a cost has none to compare.</summary>
    public bool Agrees =>
        (Cost is not { } cost || cost.Amount == Run.Cost.Amount) && Checks.SequenceEqual(Run.Checks) && Text == Run.Text;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WritePropertyName("run");
        RunJson.Write(json, Run);
        json.WriteStartObject("recomputed");
        json.WriteBoolean("agrees", Agrees);
        json.WriteNumber("latencyMs", Run.Timings.EndToEnd.Ticks / (decimal)TimeSpan.TicksPerMillisecond);
        if (Cost?.Amount is { } amount) json.WriteNumber("costUsd", amount.Amount);
        else json.WriteNull("costUsd");
        json.WriteStartArray("costParts");
        foreach (var part in Parts) part.Write(json);
        json.WriteEndArray();
        if (Run.Succeeded && CheckScore.Of(Checks) is { } score) json.WriteNumber("checkScore", score);
        if (Text.DiversityProxy is { } diversity) json.WriteNumber("diversityProxy", diversity);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
