using CostMonitor.Storage.Checks;
using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Checks;

[Collection(AzuriteGroup.Name)]
public sealed class StorageRoundTripTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task RunAsync_GivenAWorkingAccount_PassesAndLeavesNothing()
    {
        await StorageRoundTrip.RunAsync(azurite.Account, TimeProvider.System, CancellationToken.None);

        Assert.Empty(await azurite.Account.Table("SelfTest").QueryAsync("", null, CancellationToken.None).ToListAsync());
        Assert.Equal(0, await azurite.Account.Queue("self-test").ApproximateMessagesCountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_GivenTheMessageOfAnotherTest_GivesItBack()
    {
        var queue = azurite.Account.Queue("self-test");
        await queue.CreateIfNotExistsAsync(CancellationToken.None);
        await queue.SendMessageAsync("another", TimeSpan.Zero, CancellationToken.None);

        await StorageRoundTrip.RunAsync(azurite.Account, TimeProvider.System, CancellationToken.None);

        Assert.Equal("another", Assert.Single(await queue.PeekMessagesAsync(32, CancellationToken.None)).Text);
        await queue.ClearMessagesAsync(CancellationToken.None);
    }

    [Fact]
    public async Task ProblemsAsync_GivenTheEmulator_FindsNone()
    {
        var probe = new StorageProbe(azurite.Account, TimeProvider.System);

        Assert.Empty(await probe.ProblemsAsync(CancellationToken.None));
    }
}
