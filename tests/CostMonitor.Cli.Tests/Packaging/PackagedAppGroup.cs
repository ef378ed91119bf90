namespace CostMonitor.Cli.Tests.Packaging;

/// <summary>The tests that share one package; they run alone, since publishing twice at once would write the same files.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PackagedAppGroup : ICollectionFixture<PackagedApp>
{
    public const string Name = "packaged app";
}
