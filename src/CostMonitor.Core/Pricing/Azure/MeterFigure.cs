namespace CostMonitor.Core.Pricing.Azure;

/// <summary>What a price of the list comes to in the units of the catalog.</summary>
/// <param name="Meter">The price.</param>
/// <param name="Rule">What it is for.</param>
/// <param name="Amount">USD for a million tokens, or for an hour.</param>
internal sealed record MeterFigure(RetailMeter Meter, MeterRule Rule, decimal Amount)
{
    /// <summary>The offer, of whichever region.</summary>
    public Offer Offer => new(new ModelKey(AzureImport.Provider, Rule.Model), Rule.Tier, Rule.Deployment);

    /// <summary>The figure of the offer that it is.</summary>
    public RateColumn Column => new(Rule.Charge, Rule.PromptAbove);
}
