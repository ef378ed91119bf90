using System.Text.Json;

namespace CostMonitor.Core.Pricing.Repricing;

/// <summary>What a change of costs does, or would do.</summary>
public sealed record RepricingReport
{
    /// <summary>All runs that were asked about.</summary>
    public required RepricingRow Total { get; init; }

    /// <summary>The same by the model that was called, ordered.</summary>
    public required IReadOnlyList<(ModelKey Model, RepricingRow Row)> Models { get; init; }

    /// <summary>Why runs have no cost afterwards, ordered, with their number.</summary>
    public required IReadOnlyList<(string Reason, long Runs)> UnpricedReasons { get; init; }

    /// <summary>Why runs with a cost kept it though they were to be priced anew: there is no price for them, and an old cost is better than none.</summary>
    public required IReadOnlyList<(string Reason, long Runs)> KeptReasons { get; init; }

    /// <summary>Runs whose change could not be taken back, since a later one lies over it.</summary>
    public long ChangedSince { get; init; }

    /// <summary>Runs that were left as they are, since a worker still writes their chunk.</summary>
    public long UnderWay { get; init; }

    /// <summary>What the audit still knows of a change that is done.</summary>
    internal static RepricingReport Of(RepricingRow total) => new() { Total = total, Models = [], UnpricedReasons = [], KeptReasons = [] };

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteProperties(json);
        json.WriteEndObject();
    }

    public void WriteProperties(Utf8JsonWriter json)
    {
        Total.WriteProperties(json);
        json.WriteNumber("changedSince", ChangedSince);
        json.WriteNumber("underWay", UnderWay);
        WriteReasons(json, "unpricedReasons", UnpricedReasons);
        WriteReasons(json, "keptReasons", KeptReasons);
        json.WriteStartArray("models");
        foreach (var (model, row) in Models)
        {
            json.WriteStartObject();
            json.WriteString("model", model.ToString());
            row.WriteProperties(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteReasons(Utf8JsonWriter json, string name, IReadOnlyList<(string Reason, long Runs)> reasons)
    {
        json.WriteStartArray(name);
        foreach (var (reason, runs) in reasons)
        {
            json.WriteStartObject();
            json.WriteString("reason", reason);
            json.WriteNumber("runs", runs);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
