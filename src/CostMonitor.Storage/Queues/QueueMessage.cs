namespace CostMonitor.Storage.Queues;

/// <summary>A message that was received or peeked.</summary>
/// <param name="MessageId">The service's id.</param>
/// <param name="PopReceipt">Needed to update or delete; empty when the message was only peeked.</param>
/// <param name="Text">Decoded from base64; as it stands in the queue when <see cref="IsDecoded"/> is false.</param>
/// <param name="DequeueCount">How often it was received, this time included.</param>
/// <param name="InsertionTime">When it was sent.</param>
/// <param name="ExpirationTime">When it will be dropped; the year 9999 for never.</param>
/// <param name="NextVisibleTime">When others can receive it; the default when the message was only peeked.</param>
public sealed record QueueMessage(
    string MessageId,
    string PopReceipt,
    string Text,
    long DequeueCount,
    DateTimeOffset InsertionTime,
    DateTimeOffset ExpirationTime,
    DateTimeOffset NextVisibleTime)
{
    /// <summary>False when the message is not base64 of UTF-8 text: somebody else wrote it, and it belongs in the poison queue.</summary>
    public bool IsDecoded { get; init; } = true;
}
