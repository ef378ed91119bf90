using System.Text.Json;
using CostMonitor.Core.Budgets;
using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Input;

namespace CostMonitor.Functions.Budgets;

/// <summary>A budget and how its account stands.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="Span">The period, if it is the present one; null for one that is over.</param>
/// <param name="State">The account.</param>
/// <param name="Now">When it stood so.</param>
internal sealed record BudgetState(Budget Budget, BudgetSpan? Span, LedgerState State, DateTimeOffset Now)
{
    /// <summary>Null for a period that is over, and where nothing can be said yet.</summary>
    public BudgetForecast? Forecast { get; } = Span is { } span ? BudgetForecast.Of(Budget, span, Now, State.Settled) : null;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("budget", Budget.Id);
        json.WriteString("scope", Budget.Scope.ToString());
        json.WriteString("value", State.Key.Value);
        json.WriteString("period", State.Key.Period);
        if (Span is { } span)
        {
            json.WriteString("from", span.Start);
            json.WriteString("until", span.End);
        }

        json.WriteBoolean("hard", Budget.IsHard);
        json.WriteNumber("limitUsd", Budget.Limit.Amount);
        json.WriteNumber("settledUsd", State.Settled.Amount);
        json.WriteNumber("directUsd", State.Direct.Amount);
        json.WriteNumber("heldUsd", State.Held.Amount);
        json.WriteNumber("unconfirmedUsd", State.Unconfirmed.Amount);
        json.WriteNumber("leftUsd", (Budget.Limit - State.Committed(Budget)).Amount);
        json.WriteNumber("percent", Math.Round(State.Percent(Budget), 4));
        json.WriteNumber("calls", State.Calls);
        json.WriteNumber("unpriced", State.Unpriced);
        json.WriteBoolean("settledIsLeast", State.Unpriced > 0);
        if (State.ExhaustedAt is { } exhausted) json.WriteString("exhaustedAt", exhausted);
        else json.WriteNull("exhaustedAt");
        if (BudgetAlerts.ActionInForce(Budget, State) is { } action && Span is not null) json.WriteString("action", EnumNames.Of(action));
        else json.WriteNull("action");
        json.WritePropertyName("forecast");
        if (Forecast is { } forecast)
        {
            json.WriteStartObject();
            json.WriteNumber("atEndUsd", Math.Round(forecast.AtEnd.Amount, 6));
            json.WriteNumber("percent", Math.Round(forecast.Percent, 4));
            if (forecast.LimitReachedAt is { } reached) json.WriteString("limitReachedAt", reached);
            else json.WriteNull("limitReachedAt");
            json.WriteEndObject();
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteNumber("entries", State.Sequence);
        json.WriteEndObject();
    }
}
