using CostMonitor.Storage.Tests.Azurite;
using Xunit;

namespace CostMonitor.Storage.Tests.Queues;

[Collection(AzuriteGroup.Name)]
public sealed class QueueClientTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task CreateIfNotExistsAsync_GivenAnExistingQueue_SaysFalse()
    {
        var queue = azurite.Account.Queue("created");

        Assert.True(await queue.CreateIfNotExistsAsync(None));
        Assert.False(await queue.CreateIfNotExistsAsync(None));
    }

    [Fact]
    public async Task SendMessageAsync_GivenAMissingQueue_Throws()
    {
        var e = await Assert.ThrowsAsync<StorageException>(() => azurite.Account.Queue("nowhere").SendMessageAsync("x", TimeSpan.Zero, None));

        Assert.Equal((404, StorageErrorCodes.QueueNotFound), (e.Status, e.ErrorCode));
    }

    [Fact]
    public async Task ReceiveMessagesAsync_GivenMessages_GivesTheirTextAndHidesThem()
    {
        var queue = await azurite.NewQueueAsync();
        await queue.SendMessageAsync("héllo <&> 😀", TimeSpan.Zero, None);
        await queue.SendMessageAsync("", TimeSpan.Zero, None);
        await queue.SendMessageAsync("later", Hour, None);

        var messages = await queue.ReceiveMessagesAsync(32, Hour, None);

        Assert.Equal(["héllo <&> 😀", ""], messages.Select(m => m.Text));
        Assert.All(messages, m => Assert.True(m.IsDecoded && m.DequeueCount == 1 && m.MessageId.Length > 0 && m.PopReceipt.Length > 0));
        Assert.All(messages, m => Assert.InRange(m.NextVisibleTime - m.InsertionTime, Hour, Hour + TimeSpan.FromMinutes(5)));
        Assert.All(messages, m => Assert.Equal(9999, m.ExpirationTime.Year));
        Assert.Empty(await queue.ReceiveMessagesAsync(32, Hour, None));
        Assert.Equal(3, await queue.ApproximateMessagesCountAsync(None));
    }

    [Fact]
    public async Task PeekMessagesAsync_GivenAMessage_LeavesIt()
    {
        var queue = await azurite.NewQueueAsync();
        await queue.SendMessageAsync("x", TimeSpan.Zero, None);

        var peeked = Assert.Single(await queue.PeekMessagesAsync(32, None));

        Assert.Equal(("x", "", 0), (peeked.Text, peeked.PopReceipt, peeked.DequeueCount));
        Assert.Single(await queue.ReceiveMessagesAsync(1, Hour, None));
    }

    [Fact]
    public async Task UpdateMessageAsync_GivenZero_GivesTheMessageBackAndKillsTheOldReceipt()
    {
        var queue = await azurite.NewQueueAsync();
        await queue.SendMessageAsync("x", TimeSpan.Zero, None);
        var first = Assert.Single(await queue.ReceiveMessagesAsync(1, Hour, None));

        var receipt = await queue.UpdateMessageAsync(first.MessageId, first.PopReceipt, TimeSpan.Zero, None);
        var again = Assert.Single(await queue.ReceiveMessagesAsync(1, Hour, None));

        Assert.NotEqual(first.PopReceipt, receipt);
        Assert.Equal(("x", 2), (again.Text, again.DequeueCount));
        var e = await Assert.ThrowsAsync<StorageException>(() => queue.UpdateMessageAsync(first.MessageId, first.PopReceipt, Hour, None));
        Assert.Equal((400, StorageErrorCodes.PopReceiptMismatch), (e.Status, e.ErrorCode));
        Assert.False(await queue.DeleteMessageAsync(first.MessageId, first.PopReceipt, None));
        Assert.True(await queue.DeleteMessageAsync(again.MessageId, again.PopReceipt, None));
        Assert.False(await queue.DeleteMessageAsync(again.MessageId, again.PopReceipt, None));
        Assert.Equal(0, await queue.ApproximateMessagesCountAsync(None));
    }

    [Fact]
    public async Task SendMessageAsync_GivenTheLongestText_IsReceivedWhole()
    {
        var queue = await azurite.NewQueueAsync();
        var text = new string('x', 48 * 1024);

        await queue.SendMessageAsync(text, TimeSpan.Zero, None);

        Assert.Equal(text, Assert.Single(await queue.ReceiveMessagesAsync(1, Hour, None)).Text);
        var e = await Assert.ThrowsAsync<ArgumentException>(() => queue.SendMessageAsync(text + "x", TimeSpan.Zero, None));
        Assert.Contains("49153 bytes", e.Message, StringComparison.Ordinal);
        Assert.Contains("49152", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClearMessagesAsync_GivenMessages_RemovesThem()
    {
        var queue = await azurite.NewQueueAsync();
        await queue.SendMessageAsync("x", TimeSpan.Zero, None);
        await queue.SendMessageAsync("later", Hour, None);

        await queue.ClearMessagesAsync(None);

        Assert.Equal(0, await queue.ApproximateMessagesCountAsync(None));
    }
}
