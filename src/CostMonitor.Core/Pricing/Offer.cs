using CostMonitor.Core.Input;

namespace CostMonitor.Core.Pricing;

/// <summary>What is bought: a model, and in which form.</summary>
/// <param name="Model">The model.</param>
/// <param name="Tier">How urgently it is served.</param>
/// <param name="Deployment">Where Azure may process it; none for other providers.</param>
/// <param name="Region">The region's name as the provider writes it, as in <c>swedencentral</c>; null where it makes no difference.</param>
public readonly record struct Offer(
    ModelKey Model, ServiceTier Tier = ServiceTier.Standard, DeploymentType Deployment = DeploymentType.None, string? Region = null)
{
    /// <summary><c>azure-openai:gpt-4o, global, batch, swedencentral</c>; what is ordinary is left out.</summary>
    public override string ToString() => string.Join(", ", Words());

    private IEnumerable<string> Words()
    {
        yield return Model.ToString();
        if (Deployment != DeploymentType.None) yield return EnumNames.Of(Deployment);
        if (Tier != ServiceTier.Standard) yield return EnumNames.Of(Tier);
        if (Region is not null) yield return Region;
    }
}
