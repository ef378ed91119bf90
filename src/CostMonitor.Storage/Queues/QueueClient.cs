using System.Globalization;
using Azure.Core;

namespace CostMonitor.Storage.Queues;

/// <summary>One queue of base64 messages, as the Functions host reads them by default. Thread-safe.</summary>
/// <remarks>
/// Every method throws <see cref="StorageException"/> when the service refuses or does not answer. Requests are sent up to
/// four times, so that a message may be sent twice when an answer is lost: receivers have to expect that anyway.
/// </remarks>
public sealed class QueueClient
{
    private readonly StoragePipeline _pipeline;
    private readonly string _queue;

    internal QueueClient(StoragePipeline pipeline, Uri service, string name)
    {
        if (!IsName(name))
            throw new ArgumentException(
                $"'{name}' is no queue name: 3 to 63 lower-case ASCII letters, digits and single hyphens, a letter or digit first and last.",
                nameof(name));
        (_pipeline, Name, _queue) = (pipeline, name, $"{StorageEndpoints.Text(service)}/{name}");
    }

    /// <summary>The queue's name.</summary>
    public string Name { get; }

    /// <summary>Makes the queue; false when it existed.</summary>
    public async Task<bool> CreateIfNotExistsAsync(CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage(RequestMethod.Put, _queue);
        var operation = $"Creating queue {Name}";
        return await SendAsync(message, operation, cancellationToken, StorageErrorCodes.QueueAlreadyExists) && message.Response.Status == 201;
    }

    /// <summary>Adds a message that never expires and can be received after <paramref name="visibilityDelay"/>.</summary>
    /// <param name="text">At most 48 KiB of UTF-8.</param>
    /// <param name="visibilityDelay">0 to 7 days; rounded up to whole seconds.</param>
    /// <param name="cancellationToken">Stops the request; the message may have been added.</param>
    /// <exception cref="ArgumentException">The text is too long.</exception>
    public async Task SendMessageAsync(string text, TimeSpan visibilityDelay, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var address = $"{_queue}/messages?visibilitytimeout={Seconds(visibilityDelay)}&messagettl=-1";
        using var message = _pipeline.CreateMessage(RequestMethod.Post, address);
        message.Request.Headers.SetValue("Content-Type", "application/xml");
        message.Request.Content = RequestContent.Create(QueueXml.Write(text));
        await SendAsync(message, $"Sending to {Name}", cancellationToken);
    }

    /// <summary>Takes messages; nobody else can receive them until <paramref name="visibilityTimeout"/> has passed.</summary>
    /// <param name="maxMessages">1 to 32.</param>
    /// <param name="visibilityTimeout">1 second to 7 days; rounded up to whole seconds.</param>
    /// <param name="cancellationToken">Stops the request; messages may have been taken.</param>
    public Task<IReadOnlyList<QueueMessage>> ReceiveMessagesAsync(
        int maxMessages, TimeSpan visibilityTimeout, CancellationToken cancellationToken) =>
        ListAsync($"numofmessages={maxMessages}&visibilitytimeout={Seconds(visibilityTimeout)}", "Receiving", cancellationToken);

    /// <summary>Looks at 1 to 32 messages that can be received, and leaves them as they are.</summary>
    public Task<IReadOnlyList<QueueMessage>> PeekMessagesAsync(int maxMessages, CancellationToken cancellationToken) =>
        ListAsync($"peekonly=true&numofmessages={maxMessages}", "Peeking", cancellationToken);

    /// <summary>Keeps a received message for <paramref name="visibilityTimeout"/> from now; 0 gives it back at once.</summary>
    /// <returns>The new receipt; the old one is dead.</returns>
    /// <exception cref="StorageException">
    /// 400 <see cref="StorageErrorCodes.PopReceiptMismatch"/> or 404 <see cref="StorageErrorCodes.MessageNotFound"/>: it is no longer ours.
    /// </exception>
    public async Task<string> UpdateMessageAsync(
        string messageId, string popReceipt, TimeSpan visibilityTimeout, CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage(
            RequestMethod.Put, $"{Address(messageId, popReceipt)}&visibilitytimeout={Seconds(visibilityTimeout)}");
        await SendAsync(message, $"Updating a message of {Name}", cancellationToken);
        return message.Response.Headers.TryGetValue("x-ms-popreceipt", out var receipt) ? receipt : "";
    }

    /// <summary>Removes a received message.</summary>
    /// <returns>False when it is gone or no longer ours; true also when a retry found it gone, which the first attempt explains.</returns>
    public async Task<bool> DeleteMessageAsync(string messageId, string popReceipt, CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage(RequestMethod.Delete, Address(messageId, popReceipt));
        var isDeleted = await SendAsync(message, $"Deleting a message of {Name}", cancellationToken,
            StorageErrorCodes.MessageNotFound, StorageErrorCodes.PopReceiptMismatch);
        return isDeleted || (message.Response.Status == 404 && StoragePipeline.Attempts(message) > 1);
    }

    /// <summary>How many messages there are, invisible ones included; the service does not promise more than the order of size.</summary>
    public async Task<int> ApproximateMessagesCountAsync(CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage(RequestMethod.Get, $"{_queue}?comp=metadata");
        await SendAsync(message, $"Counting {Name}", cancellationToken);
        return message.Response.Headers.TryGetValue("x-ms-approximate-messages-count", out var count)
            ? int.Parse(count, CultureInfo.InvariantCulture)
            : 0;
    }

    /// <summary>Removes all messages, invisible ones included.</summary>
    public async Task ClearMessagesAsync(CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage(RequestMethod.Delete, $"{_queue}/messages");
        await SendAsync(message, $"Clearing {Name}", cancellationToken);
    }

    private async Task<IReadOnlyList<QueueMessage>> ListAsync(string query, string verb, CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage(RequestMethod.Get, $"{_queue}/messages?{query}");
        await SendAsync(message, $"{verb} from {Name}", cancellationToken);
        return message.Response.ContentStream is { } body ? QueueXml.Read(body) : [];
    }

    /// <summary>True after success, false for one of <paramref name="expected"/>, throws for any other refusal.</summary>
    private async Task<bool> SendAsync(HttpMessage message, string operation, CancellationToken cancellationToken, params string[] expected)
    {
        var response = await _pipeline.SendAsync(message, operation, cancellationToken);
        if (!response.IsError) return true;
        var error = StorageError.Parse(response);
        return error.Code is { } code && expected.Contains(code) ? false : throw StoragePipeline.Refused(message, operation, error);
    }

    private string Address(string messageId, string popReceipt)
    {
        ArgumentException.ThrowIfNullOrEmpty(messageId);
        ArgumentException.ThrowIfNullOrEmpty(popReceipt);
        return $"{_queue}/messages/{Uri.EscapeDataString(messageId)}?popreceipt={Uri.EscapeDataString(popReceipt)}";
    }

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString("F0", CultureInfo.InvariantCulture);

    private static bool IsName(string name) =>
        name is { Length: >= 3 and <= 63 }
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && name[0] != '-' && name[^1] != '-'
        && !name.Contains("--", StringComparison.Ordinal);
}
