using CostMonitor.Core.Pricing;

namespace CostMonitor.Providers.Chain;

/// <summary>One model at one endpoint, as the links of its chain know it.</summary>
/// <param name="Model">The name in models.json.</param>
/// <param name="BilledAs">What its calls are billed as, unless the provider says that it served another tier; null where that is the model under its own name in the ordinary form.</param>
public sealed record Deployment(ModelKey Model, Offer? BilledAs = null)
{
    internal const int UsualLongestAnswer = 4_000_000;

    /// <summary>What a call's price is looked up by, unless the provider says that it served another tier.</summary>
    public Offer Offer { get; } = BilledAs ?? new Offer(Model);

    /// <summary>The address that its calls go to; null for one inside the process, or if it is not known.</summary>
    public Uri? Server { get; init; }

    /// <summary>True for the canned answer that a process warms up on: telemetry never sees it.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary>The longest answer that is taken, its reasoning with it, in UTF-16 code units: 1 thousand to 100 million; 4 million if not set. One that grows longer is ended, so that no answer fills the memory.</summary>
    public int LongestAnswerCharacters { get; init; } = UsualLongestAnswer;
}
