using System.Text.Json;

namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>What became of the runs of one model, or of all.</summary>
public readonly record struct RepricingRow(long Runs, long Changed, CostSum Before, CostSum After)
{
    public long Unchanged => Runs - Changed;

    internal RepricingRow With(RepricedCost cost) => new(
        Runs + 1, Changed + (cost.Verdict is CostVerdict.Changed or CostVerdict.ChangedAlready ? 1 : 0), Before + cost.Before, After + cost.After);

    internal void WriteProperties(Utf8JsonWriter json)
    {
        json.WriteNumber("runs", Runs);
        json.WriteNumber("changed", Changed);
        json.WriteNumber("unchanged", Unchanged);
        Before.Write(json, "before");
        After.Write(json, "after");
    }

    internal static RepricingRow Read(JsonElement json) => new(
        json.GetProperty("runs").GetInt64(), json.GetProperty("changed").GetInt64(), CostSum.Read(json.GetProperty("before")), CostSum.Read(json.GetProperty("after")));
}
