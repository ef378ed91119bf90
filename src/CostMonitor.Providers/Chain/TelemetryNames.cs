using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace CostMonitor.Providers.Chain;

/// <summary>Our names and foreign ones, as telemetry may hold them.</summary>
internal static partial class TelemetryNames
{
    private const string Other = "_OTHER"; // the conventions' word for an error type that cannot be told

    // The well-known values of gen_ai.provider.name that are written in another way in models.json or in the catalog.
    private static readonly FrozenDictionary<string, string> Providers = new Dictionary<string, string>
    {
        ["azure"] = "azure.ai.openai",
        ["azure-openai"] = "azure.ai.openai",
        ["bedrock"] = "aws.bedrock",
        ["google"] = "gcp.gemini",
        ["gemini"] = "gcp.gemini",
        ["vertex"] = "gcp.vertex_ai",
        ["vertex-ai"] = "gcp.vertex_ai",
        ["mistral"] = "mistral_ai",
        ["watsonx"] = "ibm.watsonx.ai",
        ["xai"] = "x_ai",
    }.ToFrozenDictionary();

    /// <summary>The value of <c>gen_ai.provider.name</c>.</summary>
    public static string OfProvider(string provider) => Providers.GetValueOrDefault(provider, provider);

    /// <summary>A name or an id that a server gave. One that does not look like any may be anything, such as a piece of the prompt.</summary>
    public static string? OfServer(string? name) => name is null ? null : Word().IsMatch(name) ? name : Other;

    [GeneratedRegex(@"^[A-Za-z0-9._:/@+\-]{1,128}\z")]
    private static partial Regex Word();
}
