using System.Text.Json;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Budgets;

/// <summary>Writes a budget so that reading gives it back: everything that holds, defaults too.</summary>
internal static class BudgetWriter
{
    public static void Write(Utf8JsonWriter json, BudgetDefinition definition)
    {
        var budget = definition.Budget;
        json.WriteStartObject();
        json.WriteString("id", budget.Id);
        json.WriteString("scope", budget.Scope.ToString());
        json.WriteString("period", EnumNames.Of(budget.Period));
        if (budget.Period == BudgetPeriod.Rolling) json.WriteString("window", BudgetWindow.Of(budget.Window));
        json.WriteString("timeZone", budget.Zone.Id);
        json.WriteNumber("limitUsd", budget.Limit.Amount);
        if (definition.DailyCap is { IsDerived: true }) json.WriteString("dailyCapUsd", BudgetReader.Derived);
        else if (definition.DailyCap is { } cap) json.WriteNumber("dailyCapUsd", cap.Limit.Amount);
        json.WriteBoolean("hard", budget.IsHard);
        json.WriteStartArray("allowUnpriced");
        foreach (var model in budget.AllowsUnpriced) json.WriteStringValue(model.ToString());
        json.WriteEndArray();
        json.WriteStartArray("thresholds");
        foreach (var threshold in budget.Thresholds)
        {
            json.WriteStartObject();
            json.WriteNumber("percent", threshold.Percent);
            json.WriteString("action", EnumNames.Of(threshold.Action));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteThrottling(json, budget.Throttling);
        json.WriteNumber("outputTokens", budget.OutputTokens);
        json.WriteString("hold", EnumNames.Of(budget.HoldsLearned ? BudgetHold.Learned : BudgetHold.WorstCase));
        json.WriteNumber("overdraftUsd", budget.Overdraft.Amount);
        json.WriteBoolean("countUnconfirmed", budget.CountsUnconfirmed);
        json.WriteEndObject();
    }

    private static void WriteThrottling(Utf8JsonWriter json, Throttling throttling)
    {
        json.WriteStartObject("throttling");
        json.WriteNumber("share", throttling.Share);
        json.WriteStartObject("cheaper");
        foreach (var (model, cheaper) in throttling.Cheaper.OrderBy(static c => c.Key)) json.WriteString(model.ToString(), cheaper.ToString());
        json.WriteEndObject();
        if (throttling.MaxOutputTokens is { } most) json.WriteNumber("maxOutputTokens", most);
        json.WriteNumber("cacheTtlFactor", throttling.CacheTtlFactor);
        json.WriteEndObject();
    }
}
