using System.Text.Json;

namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>What some calls cost together: at least <see cref="Known"/>, when some are unpriced.</summary>
public readonly record struct CostSum(Usd Known, long Unpriced)
{
    public static CostSum operator +(CostSum sum, CallCost cost) =>
        cost.Amount is { } amount ? sum with { Known = sum.Known + amount } : sum with { Unpriced = sum.Unpriced + 1 };

    public override string ToString() => Unpriced == 0 ? Known.ToString() : $"at least {Known}, {Unpriced} unpriced";

    internal void Write(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteNumber("costUsd", Known.Amount);
        json.WriteBoolean("costIsLeast", Unpriced > 0);
        json.WriteNumber("unpriced", Unpriced);
        json.WriteEndObject();
    }

    internal static CostSum Read(JsonElement json) => new(new Usd(json.GetProperty("costUsd").GetDecimal()), json.GetProperty("unpriced").GetInt64());
}
