namespace CostMonitor.Core.Calling.Routing;

/// <summary>What is known of a deployment beyond how it is called. What is not stated is unknown, and a rule says what it makes of that.</summary>
public sealed record ModelFacts
{
    /// <summary>The feature of a model that can be held to JSON.</summary>
    public const string Json = "json";

    /// <summary>The feature of a model that calls tools.</summary>
    public const string Tools = "tools";

    /// <summary>The feature of a model that reads images.</summary>
    public const string Vision = "vision";

    public static ModelFacts None { get; } = new();

    /// <summary>The most tokens of prompt and answer together: 1 to 100,000,000; null if unknown, and then taken to be enough.</summary>
    public long? ContextTokens { get; init; }

    /// <summary>Where the data may be processed, in the file's own words, as in <c>eu</c>; null if unknown, and then never good enough for a call that wishes one.</summary>
    public string? Residency { get; init; }

    /// <summary>The provider's region, as in <c>swedencentral</c>; null if unknown. A call may ask for it as for a feature, as <c>region:swedencentral</c>.</summary>
    public string? Region { get; init; }

    /// <summary>What the model can do, as in <c>json</c>, <c>tools</c>, <c>vision</c>; what is not here it cannot do.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Null for one that is neither.</summary>
    public ModelGrade? Grade { get; init; }

    /// <summary>The page on which the provider says how it is doing; null if unknown. It is shown, never fetched.</summary>
    public Uri? StatusPage { get; init; }

    /// <summary>Whether the model has a feature, or stands in the region that <c>region:NAME</c> asks for.</summary>
    public bool Has(string feature)
    {
        const string region = "region:";
        if (feature.StartsWith(region, StringComparison.Ordinal)) return Region is not null && feature.AsSpan(region.Length).SequenceEqual(Region);
        foreach (var own in Features)
        {
            if (own == feature) return true;
        }

        return false;
    }
}
