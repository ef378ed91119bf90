namespace CostMonitor.Core.Pricing.Import;

/// <summary>Another name that the source gives to a model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Name">The alias or pattern.</param>
/// <param name="Refused">Why it is not taken over; null if it is, together with the model's prices.</param>
public sealed record NameChange(ModelKey Model, string Name, string? Refused)
{
    public bool IsPattern => ModelPattern.IsPattern(Name);
}
