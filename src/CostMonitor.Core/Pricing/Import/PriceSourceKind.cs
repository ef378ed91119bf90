namespace CostMonitor.Core.Pricing.Import;

/// <summary>The kinds of files that prices can be imported from.</summary>
public enum PriceSourceKind
{
    /// <summary>LiteLLM's <c>model_prices_and_context_window.json</c>.</summary>
    Litellm,

    /// <summary>genai-prices' <c>data.json</c> or <c>data_slim.json</c>, v1 or v2.</summary>
    GenaiPrices,
}
