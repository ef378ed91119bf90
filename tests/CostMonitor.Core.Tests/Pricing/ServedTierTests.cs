using CostMonitor.Core.Pricing;

namespace CostMonitor.Core.Tests.Pricing;

public sealed class ServedTierTests
{
    private static readonly ModelKey Model = new("openai", "gpt-5");

    [Theory]
    [InlineData(ServiceTier.Flex, "default", ServiceTier.Standard)] // asked for flex, served and billed as standard
    [InlineData(ServiceTier.Standard, "priority", ServiceTier.Priority)]
    [InlineData(ServiceTier.Standard, "flex", ServiceTier.Flex)]
    [InlineData(ServiceTier.Standard, "scale", ServiceTier.Provisioned)]
    [InlineData(ServiceTier.Standard, "batch", ServiceTier.Batch)]
    [InlineData(ServiceTier.Priority, "standard", ServiceTier.Standard)]
    [InlineData(ServiceTier.Priority, "auto", ServiceTier.Priority)]
    [InlineData(ServiceTier.Priority, "turbo", ServiceTier.Priority)]
    [InlineData(ServiceTier.Priority, null, ServiceTier.Priority)]
    [InlineData(ServiceTier.Provisioned, "default", ServiceTier.Provisioned)]
    public void Of_GivenAProvidersWord_TakesTheTierThatItKnows(ServiceTier asked, string? word, ServiceTier expected) =>
        Assert.Equal(new Offer(Model, expected, Region: "swedencentral"), ServedTier.Of(new Offer(Model, asked, Region: "swedencentral"), word));
}
