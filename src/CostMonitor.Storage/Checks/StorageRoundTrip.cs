using Azure;
using CostMonitor.Storage.Queues;
using CostMonitor.Storage.Tables;

namespace CostMonitor.Storage.Checks;

/// <summary>Writes, reads and removes a row and a message of its own: all rights that the app needs, proven by use.</summary>
/// <remarks>The table SelfTest and the queue self-test are made for it and stay, empty.</remarks>
public static class StorageRoundTrip
{
    private const string TableName = "SelfTest";
    private const string QueueName = "self-test";
    private const int MostReceives = 5;

    private static readonly TimeSpan Hidden = TimeSpan.FromSeconds(30), OfNobody = TimeSpan.FromMinutes(5);

    /// <exception cref="StorageException">A step was refused or not answered; the message says which.</exception>
    public static Task RunAsync(StorageAccount account, TimeProvider time, CancellationToken cancellationToken)
    {
        var mark = Guid.NewGuid().ToString("N");
        return Task.WhenAll(RowAsync(account.Table(TableName), mark, time.GetUtcNow(), cancellationToken), MessageAsync(account.Queue(QueueName), mark, time, cancellationToken));
    }

    private static async Task RowAsync(TableClient table, string mark, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await table.CreateIfNotExistsAsync(cancellationToken);
        var row = new TableEntity("self-test", mark) { ["At"] = now };
        await table.InsertAsync(row, cancellationToken);
        var stored = await table.GetAsync(row.PartitionKey, row.RowKey, cancellationToken);
        await table.DeleteAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
        if (stored is null || !stored.HasSameContent(row)) throw Failed($"Reading {TableName}: the row that was written came back {(stored is null ? "not at all" : "changed")}.");
    }

    private static async Task MessageAsync(QueueClient queue, string mark, TimeProvider time, CancellationToken cancellationToken)
    {
        await queue.CreateIfNotExistsAsync(cancellationToken);
        await queue.SendMessageAsync(mark, TimeSpan.Zero, cancellationToken);
        for (var receive = 0; receive < MostReceives; receive++)
        {
            var isOurs = false;
            foreach (var message in await queue.ReceiveMessagesAsync(32, Hidden, cancellationToken))
            {
                isOurs |= message.Text == mark;
                // Another test that runs now gets its message back; one that died will never ask for it.
                if (message.Text == mark || time.GetUtcNow() - message.InsertionTime > OfNobody) await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
                else await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, TimeSpan.Zero, cancellationToken);
            }

            if (isOurs) return;
        }

        throw Failed($"Receiving from {QueueName}: the message that was sent did not come.");
    }

    private static StorageException Failed(string message) => new(message, 200, null, 1, null);
}
