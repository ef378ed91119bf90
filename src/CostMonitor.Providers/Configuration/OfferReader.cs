using CostMonitor.Core.Input;
using CostMonitor.Core.Pricing;

namespace CostMonitor.Providers.Configuration;

/// <summary>Reads <c>billedAs</c>: which row of the price catalog a model's calls are priced by.</summary>
internal static class OfferReader
{
    private const string Example = "provider:model, as in azure-openai:gpt-4o";

    /// <param name="node">The model's entry.</param>
    /// <param name="model">The model, which is billed under its own name unless the entry says otherwise.</param>
    /// <param name="usual">The deployment type of an entry that names none: Azure's portal proposes Global Standard.</param>
    public static Offer Read(InputNode node, ModelKey model, DeploymentType usual)
    {
        if (node.Property("billedAs") is not { } billed) return new Offer(model, Deployment: usual);
        billed.AllowOnly("model", "tier", "deployment", "region");
        var key = model;
        if (billed.OptionalText("model", Example) is { Length: > 0 } name && !ModelKey.TryParse(name, out key)) billed.Property("model")?.Fault($"Expected {Example}, got '{name}'.");
        return new Offer(
            key, billed.OptionalName("tier", ServiceTier.Standard), billed.OptionalName("deployment", usual), billed.OptionalText("region", "a region, as in swedencentral"));
    }
}
