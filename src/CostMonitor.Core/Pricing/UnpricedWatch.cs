using System.Text.Json;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Pricing;

/// <summary>The calls of a window that have no cost: money that no sum and no budget holds.</summary>
public sealed record UnpricedWatch
{
    private UnpricedWatch(IReadOnlyList<UnpricedCall> calls)
    {
        (Calls, WithUsage, Tokens) = (calls.Count, calls.Count(c => c.Tokens is not null), calls.Sum(c => c.Tokens ?? 0));
        Models = [.. calls.GroupBy(c => c.Model).OrderBy(g => g.Key).Select(g => (g.Key, g.Count()))];
        Reasons = [.. calls.GroupBy(c => c.Reason).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.Count()))];
    }

    public int Calls { get; }

    /// <summary>Those of them whose tokens are known: a price is all that they lack.</summary>
    public int WithUsage { get; }

    /// <summary>The known tokens of all of them.</summary>
    public long Tokens { get; }

    /// <summary>The models that were called, ordered, with the number of their calls.</summary>
    public IReadOnlyList<(ModelKey Model, int Calls)> Models { get; }

    /// <summary>Why, ordered, with the number of calls.</summary>
    public IReadOnlyList<(string Reason, int Calls)> Reasons { get; }

    /// <summary>Whether somebody should act: a call used tokens that nobody can put a price on.</summary>
    public bool IsAlert => WithUsage > 0;

    public static UnpricedWatch Of(IEnumerable<UnpricedCall> calls) => new([.. calls]);

    public static UnpricedWatch Of(IEnumerable<RunRecord> runs) => Of(runs.Select(UnpricedCall.Of).OfType<UnpricedCall>());

    public bool Equals(UnpricedWatch? other) =>
        other is not null && (Calls, WithUsage, Tokens) == (other.Calls, other.WithUsage, other.Tokens)
        && Models.SequenceEqual(other.Models) && Reasons.SequenceEqual(other.Reasons);

    public override int GetHashCode() => HashCode.Combine(Calls, WithUsage, Tokens);

    /// <summary>For people: <c>3 calls without a price, 900 tokens: openai:gpt-x (2), openai:gpt-y (1)</c>.</summary>
    public override string ToString() => Calls == 0
        ? "no calls without a price"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Calls} calls without a price, {Tokens} tokens: ")
            + string.Join(", ", Models.Select(m => $"{m.Model} ({m.Calls})"));

    public void Write(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", Calls);
        json.WriteNumber("withUsage", WithUsage);
        json.WriteNumber("tokens", Tokens);
        json.WriteStartArray("models");
        foreach (var (model, calls) in Models) WriteCounted(json, "model", model.ToString(), calls);
        json.WriteEndArray();
        json.WriteStartArray("reasons");
        foreach (var (reason, calls) in Reasons) WriteCounted(json, "reason", reason, calls);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCounted(Utf8JsonWriter json, string name, string value, int calls)
    {
        json.WriteStartObject();
        json.WriteString(name, value);
        json.WriteNumber("calls", calls);
        json.WriteEndObject();
    }
}
