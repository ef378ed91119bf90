using System.Globalization;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Statistics;

namespace CostMonitor.Functions.Api;

/// <summary>Reads the parameters of a request, all faults together.</summary>
internal sealed class ApiQuery(HttpRequest request)
{
    private readonly InputFaults _faults = new();

    public string? Text(string name) => request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    public DateTimeOffset Instant(string name, DateTimeOffset otherwise)
    {
        if (Text(name) is not { } text) return otherwise;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)) return instant;
        Fault(name, $"Expected a time as 2026-11-21T09:00:00Z, got '{text}'.");
        return otherwise;
    }

    public DateOnly Day(string name, DateOnly otherwise)
    {
        if (Text(name) is not { } text) return otherwise;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        Fault(name, $"Expected a day as 2026-11-21, got '{text}'.");
        return otherwise;
    }

    public int Integer(string name, int otherwise, int least, int most)
    {
        if (Text(name) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most) return value;
        Fault(name, string.Create(CultureInfo.InvariantCulture, $"Expected a whole number from {least} to {most}, got '{text}'."));
        return otherwise;
    }

    public SummaryGrouping Grouping(string name)
    {
        if (Text(name) is not { } text) return SummaryGrouping.Model;
        if (EnumNames.TryParse(text.ToLowerInvariant(), out SummaryGrouping grouping)) return grouping;
        Fault(name, $"Expected one of {EnumNames.All<SummaryGrouping>()}, got '{text}'.");
        return SummaryGrouping.Model;
    }

    /// <summary>The tags that are asked for by name, as in <c>?team=search</c>, one value each.</summary>
    public CallTags Tags()
    {
        var tags = CallTags.None;
        foreach (var dimension in Enum.GetValues<TagDimension>())
        {
            var name = EnumNames.Of(dimension);
            if (request.Query[name] is { Count: > 1 } values) Fault(name, string.Create(CultureInfo.InvariantCulture, $"Expected one value, got {values.Count}."));
            else if (Text(name) is not { } value) continue;
            else if (CallTags.IsValid(value)) tags = tags.With(dimension, value);
            else Fault(name, $"'{value}' is no tag: expected {CallTags.Rule}.");
        }

        return tags;
    }

    public BatchId? Batch(string name)
    {
        if (Text(name) is not { } text) return null;
        if (BatchId.IsValid(text)) return new BatchId(text);
        Fault(name, $"'{text}' is no batch id.");
        return null;
    }

    public IReadOnlyList<ModelKey> Models(string name)
    {
        var models = new List<ModelKey>();
        foreach (var text in (Text(name) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (ModelKey.TryParse(text, out var model)) models.Add(model);
            else Fault(name, $"'{text}' is no model: expected provider:model, as in openai:gpt-4o.");
        }

        if (models.Count == 0) Fault(name, "Expected at least one model, as in ?models=openai:gpt-4o,anthropic:claude-haiku-4-5.");
        return models;
    }

    public void Fault(string name, string problem) => _faults.Add("query", name, problem);

    /// <exception cref="InputException">A parameter was faulty.</exception>
    public void ThrowIfFaulty() => _faults.ThrowIfAny();
}
