namespace CostMonitor.Cli.Tests.EndToEnd;

/// <summary>The tests that share one published app; they run one after the other, and alone, since they watch the clock.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PublishedAppGroup : ICollectionFixture<PublishedApp>
{
    public const string Name = "published app";
}
