namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>Adds up what becomes of runs, one after another. Not thread-safe.</summary>
public sealed class RepricingTally
{
    /// <summary>A reason may name a model and a day; beyond so many different ones they are counted together.</summary>
    private const int MostReasons = 1_000;

    private const string OtherReasons = "other reasons";

    private readonly SortedDictionary<ModelKey, RepricingRow> _models = [];
    private readonly SortedDictionary<string, long> _unpriced = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _kept = new(StringComparer.Ordinal);
    private RepricingRow _total;
    private long _changedSince, _underWay;

    public void Add(ModelKey model, in RepricedCost cost)
    {
        if (cost.Verdict == CostVerdict.Outside) return;
        _total = _total.With(cost);
        _models[model] = _models.GetValueOrDefault(model).With(cost);
        if (cost.Verdict == CostVerdict.ChangedSince) _changedSince++;
        if (cost.After.Amount is null) Count(_unpriced, cost.Reason ?? cost.After.UnpricedReason ?? OtherReasons);
        else if (cost.Reason is { } reason) Count(_kept, reason);
    }

    /// <summary>Notes a run that could not be looked after yet, since its chunk is still being run.</summary>
    public void AddUnderWay() => _underWay++;

    public RepricingReport ToReport() => new()
    {
        Total = _total,
        Models = [.. _models.Select(m => (m.Key, m.Value))],
        UnpricedReasons = [.. _unpriced.Select(r => (r.Key, r.Value))],
        KeptReasons = [.. _kept.Select(r => (r.Key, r.Value))],
        ChangedSince = _changedSince,
        UnderWay = _underWay,
    };

    private static void Count(SortedDictionary<string, long> reasons, string reason)
    {
        if (reasons.Count >= MostReasons && !reasons.ContainsKey(reason)) reason = OtherReasons;
        reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
    }
}
