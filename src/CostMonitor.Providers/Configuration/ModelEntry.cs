using CostMonitor.Core.Calling.Routing;
using CostMonitor.Core.Pricing;
using CostMonitor.Providers.Chain;
using CostMonitor.Providers.Simulated;

namespace CostMonitor.Providers.Configuration;

/// <summary>One model of models.json, with the settings that it names filled in.</summary>
public sealed record ModelEntry
{
    public required ModelKey Model { get; init; }

    public required ModelApi Api { get; init; }

    /// <summary>The address that the API's paths are appended to, with a final slash; null for a simulated model or one not configured.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The name that the endpoint knows the model by: the deployment, or else the model's own name.</summary>
    public required string UpstreamName { get; init; }

    /// <summary>Null when the endpoint takes none, Entra tokens are used, or its setting is missing.</summary>
    public ApiKey? Key { get; init; }

    /// <summary>The scope of the Entra tokens that stand in for a key; null where a key is used.</summary>
    public string? EntraScope { get; init; }

    public required Capabilities Capabilities { get; init; }

    /// <summary>What the provider bills a call as: the model under its own name in the ordinary form, unless models.json says otherwise.</summary>
    public required Offer Offer { get; init; }

    /// <summary>Its time limits and retries: those of the file's <c>calling</c>, changed by its own.</summary>
    public ChainSettings Chain { get; init; } = ChainSettings.Default;

    /// <summary>What routes go by.</summary>
    public ModelFacts Facts { get; init; } = ModelFacts.None;

    /// <summary>How a simulated model behaves; null for a real one.</summary>
    public SimulatedProfile? Simulated { get; init; }

    /// <summary>Why the model cannot be called, one reason a sentence; empty if it can.</summary>
    public string Missing { get; init; } = "";

    /// <param name="missing">The settings that are missing or unusable, by name and never by value; empty if there are none.</param>
    public bool IsConfigured(out string missing)
    {
        missing = Missing;
        return missing.Length == 0;
    }
}
