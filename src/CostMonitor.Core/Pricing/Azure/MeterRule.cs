using System.Globalization;
using CostMonitor.Core.Input;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Pricing.Azure;

/// <summary>What one kind of meter prices.</summary>
/// <param name="Model">The model, as deployments name it.</param>
/// <param name="Charge">The class of tokens; null for an hour of capacity.</param>
/// <param name="Tier">How urgently calls are served.</param>
/// <param name="Deployment">Where they may be processed.</param>
/// <param name="PromptAbove">The price is for calls with more prompt tokens than this; 0 for all others.</param>
public sealed record MeterRule(string Model, TokenClass? Charge, ServiceTier Tier, DeploymentType Deployment, long PromptAbove = 0)
{
    /// <summary>The name that files give an hour of capacity.</summary>
    public const string Hour = "hour";

    public string ChargeName => Charge is { } tokens ? TokenClasses.NameOf(tokens) : Hour;

    /// <summary><c>gpt-4.1-mini, cachedInput, global, batch</c>; what is ordinary is left out.</summary>
    public override string ToString() => string.Join(", ", Words());

    private IEnumerable<string> Words()
    {
        yield return Model;
        yield return ChargeName;
        yield return EnumNames.Of(Deployment);
        if (Tier != ServiceTier.Standard) yield return EnumNames.Of(Tier);
        if (PromptAbove > 0) yield return string.Create(CultureInfo.InvariantCulture, $"above {PromptAbove}");
    }
}
