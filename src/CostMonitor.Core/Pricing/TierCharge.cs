namespace CostMonitor.Core.Pricing;

/// <summary>What a long prompt's prices are charged for.</summary>
public enum TierCharge
{
    /// <summary>For all tokens of the call, the generated ones too. This is what OpenAI, Anthropic, Google and xAI do.</summary>
    WholeCall,

    /// <summary>For the part of the prompt above the limit only; the part below and what is generated keep the row's prices.</summary>
    PartAbove,
}
