namespace CostMonitor.Core.Pricing;

/// <summary>The words by which providers say how they served a call.</summary>
public static class ServedTier
{
    /// <param name="word">What stands in <c>service_tier</c> of OpenAI's body or of Anthropic's usage.</param>
    /// <param name="tier">Meaningless when the result is false.</param>
    /// <returns>False for a word that is not known, such as <c>auto</c>, which asks and does not tell.</returns>
    public static bool TryParse(string? word, out ServiceTier tier)
    {
        (var isKnown, tier) = word switch
        {
            "default" or "standard" => (true, ServiceTier.Standard),
            "flex" => (true, ServiceTier.Flex),
            "priority" => (true, ServiceTier.Priority),
            "batch" => (true, ServiceTier.Batch),
            "scale" => (true, ServiceTier.Provisioned), // OpenAI's capacity that is bought ahead
            _ => (false, default),
        };
        return isKnown;
    }

    /// <summary>The offer as it was served.</summary>
    /// <param name="offer">What was asked for.</param>
    /// <param name="word">What the provider says; null if it says nothing.</param>
    /// <returns>The offer itself when the word is not known, or when its capacity is paid by the hour: such calls are served as <c>default</c> too.</returns>
    public static Offer Of(Offer offer, string? word) =>
        offer.Tier != ServiceTier.Provisioned && TryParse(word, out var tier) ? offer with { Tier = tier } : offer;
}
