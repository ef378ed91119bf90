using Xunit;

namespace CostMonitor.Storage.Tests.Azurite;

[CollectionDefinition(Name)]
public sealed class AzuriteGroup : ICollectionFixture<AzuriteFixture>
{
    public const string Name = "Azurite";
}
