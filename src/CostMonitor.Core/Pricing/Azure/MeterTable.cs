using System.Reflection;
using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing.Azure;

/// <summary>Says what each meter of Azure's list prices. A meter that it does not name prices nothing.</summary>
/// <remarks>Names are compared without regard to case: Azure writes <c>glbl</c> and <c>Glbl</c> for the same thing.</remarks>
public sealed class MeterTable
{
    private readonly Dictionary<MeterKey, MeterRule> _rules;
    private readonly Dictionary<string, IReadOnlyList<string>> _aliases;
    private readonly MeterTable? _below;

    internal MeterTable(IReadOnlyDictionary<MeterKey, MeterRule> rules, IReadOnlyDictionary<string, IReadOnlyList<string>> aliases, MeterTable? below = null)
    {
        (_rules, _aliases, _below) = (new(rules), new(aliases), below);
    }

    /// <summary>The table that this version ships: <c>meters.json</c>.</summary>
    public static MeterTable BuiltIn { get; } = ReadBuiltIn();

    /// <summary>How many meters it names.</summary>
    public int Count => _rules.Count + (_below?.Count ?? 0);

    /// <exception cref="InputException">All faults of the table.</exception>
    public static MeterTable Parse(string json, string file) => InputFaults.ReadJson(json, file, MeterTableReader.Read);

    /// <summary>This table, and for the meters that it does not name another one.</summary>
    public MeterTable Over(MeterTable below) => new(_rules, _aliases, _below is null ? below : _below.Over(below));

    /// <summary>What a meter prices: by its id, or else its name and product, or else its name; null if it is not named.</summary>
    public MeterRule? Find(RetailMeter meter) =>
        _rules.GetValueOrDefault(MeterKey.OfId(meter.MeterId))
        ?? _rules.GetValueOrDefault(MeterKey.OfName(meter.MeterName, meter.ProductName))
        ?? _rules.GetValueOrDefault(MeterKey.OfName(meter.MeterName, null))
        ?? _below?.Find(meter);

    /// <summary>Other names that cost the same as a model.</summary>
    public IReadOnlyList<string> AliasesOf(string model) => _aliases.GetValueOrDefault(model) ?? _below?.AliasesOf(model) ?? [];

    private static MeterTable ReadBuiltIn()
    {
        const string File = "meters.json";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{typeof(MeterTable).Namespace}.{File}") ?? throw new InvalidOperationException($"Resource {File} is missing.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd(), File);
    }
}
