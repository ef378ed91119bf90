using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Input;

namespace CostMonitor.Providers.Configuration;

/// <summary>Reads <c>facts</c> of an entry of models.json: what routes go by.</summary>
internal static class FactsReader
{
    private const string Residency = "where data may be processed, as in eu", Region = "a region, as in swedencentral",
        Features = "an array of features, as in [\"json\", \"tools\", \"vision\"]", Feature = "a feature, as in tools", Page = "an absolute http or https address";

    /// <param name="node">Null when the entry states none.</param>
    /// <param name="entry">The rest of the entry: JSON follows from its capabilities, the region from what it is billed as.</param>
    public static ModelFacts Read(InputNode? node, ModelEntry entry)
    {
        string[] implied = entry.Capabilities.JsonMode || entry.Api == ModelApi.Simulated ? [ModelFacts.Json] : [];
        if (node is not { } facts) return new ModelFacts { Region = entry.Offer.Region, Features = implied };
        facts.AllowOnly("contextTokens", "residency", "region", "features", "grade", "statusPage");
        return new ModelFacts
        {
            ContextTokens = facts.OptionalInteger("contextTokens", 1, 100_000_000),
            Residency = facts.OptionalText("residency", Residency),
            Region = facts.OptionalText("region", Region) ?? entry.Offer.Region,
            Features = [.. implied.Union(facts.Property("features")?.Items(Features).Select(static f => f.Text(Feature)) ?? [], StringComparer.Ordinal)],
            Grade = facts.Property("grade") is null ? null : facts.OptionalName("grade", default(ModelGrade)),
            StatusPage = facts.Property("statusPage") is { } page ? ReadPage(page) : null,
        };
    }

    private static Uri? ReadPage(InputNode node)
    {
        if (node.Text(Page) is not { Length: > 0 } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var page) && (page.Scheme == Uri.UriSchemeHttps || page.Scheme == Uri.UriSchemeHttp)) return page;
        node.Fault($"Expected {Page}, got {node.Shown()}.");
        return null;
    }
}
