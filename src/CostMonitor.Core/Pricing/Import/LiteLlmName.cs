namespace CostMonitor.Core.Pricing.Import;

/// <summary>What a key of LiteLLM's file names.</summary>
/// <param name="Model">The model.</param>
/// <param name="Deployment">The Azure deployment type.</param>
/// <param name="Region">The Azure data zone, <c>us</c> or <c>eu</c>; null for everywhere.</param>
/// <param name="IsPlain">True for a key of Azure that names no deployment type; it is taken for global.</param>
internal readonly record struct LiteLlmName(ModelKey Model, DeploymentType Deployment, string? Region, bool IsPlain)
{
    /// <param name="key">The key, as in <c>azure/eu/gpt-5.1</c> or <c>gpt-5.1</c>.</param>
    /// <param name="theirs">LiteLLM's name of the provider; a key may repeat it before its first slash.</param>
    /// <param name="name">What they name.</param>
    /// <returns>False if no model can have that name.</returns>
    public static bool TryParse(string key, string theirs, out LiteLlmName name)
    {
        var (provider, model) = (ProviderNames.Of(theirs), key);
        if (model.IndexOf('/', StringComparison.Ordinal) is var slash and > 0
            && ProviderNames.Clean(theirs).StartsWith(ProviderNames.Clean(model[..slash]), StringComparison.Ordinal)) model = model[(slash + 1)..];
        var (deployment, region, isPlain) = (DeploymentType.None, (string?)null, false);
        if (provider == "azure-openai") (model, deployment, region, isPlain) = Azure(model);
        name = ModelKey.TryCreate(provider, model, out var parsed) ? new LiteLlmName(parsed, deployment, region, isPlain) : default;
        return name.Model != default;
    }

    private static (string Model, DeploymentType Deployment, string? Region, bool IsPlain) Azure(string model) => model.Split('/', 2) switch
    {
        ["global" or "global-standard", var rest] => (rest, DeploymentType.Global, null, false),
        [("us" or "eu") and var zone, var rest] => (rest, DeploymentType.DataZone, zone, false),
        ["regional", var rest] => (rest, DeploymentType.Regional, null, false),
        _ => (model, DeploymentType.Global, null, true),
    };
}
