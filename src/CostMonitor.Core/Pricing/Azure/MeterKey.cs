namespace CostMonitor.Core.Pricing.Azure;

/// <summary>By what a table knows a meter: its id, or its name, in one product or in all.</summary>
internal readonly record struct MeterKey
{
    private MeterKey(string? id, string? name, string? product) => (Id, Name, Product) = (id?.ToUpperInvariant(), name?.ToUpperInvariant(), product?.ToUpperInvariant());

    public string? Id { get; }

    public string? Name { get; }

    public string? Product { get; }

    public static MeterKey OfId(string id) => new(id, null, null);

    public static MeterKey OfName(string name, string? product) => new(null, name, product);
}
