using CostMonitor.Storage;
using CostMonitor.Storage.Queues;

namespace CostMonitor.Cli.StandIn;

/// <summary>Polls the queue of one function and runs the function for each message, as the host's queue listener.</summary>
internal sealed class QueueLoop(
    FunctionDefinition.Queue function,
    QueueSettings settings,
    Func<QueueMessage, CancellationToken, Task<InvocationOutcome>> invoke,
    DuplicateDeliveries? duplicates,
    Action<string> output,
    TimeProvider clock)
{
    private const int LongestQueueName = 63;
    private const string PoisonSuffix = "-poison";

    private readonly QueueClient _queue = Client(function, function.QueueName);
    private readonly QueueClient? _poison = PoisonName(function.QueueName) is { } name ? Client(function, name) : null;
    private readonly PollingPause _pause = new(settings.MaxPollingInterval);
    private long _received;

    public string Name => function.Name;

    /// <summary>Makes the queue; the app may send to it from the first instant.</summary>
    public Task CreateQueueAsync(CancellationToken cancellationToken) => _queue.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>Runs until it is cancelled; messages whose function runs then are handed back to the queue.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var inFlight = new HashSet<Task>();
        try
        {
            while (true)
            {
                await UntilRoomAsync(inFlight, cancellationToken);
                var messages = await ReceiveAsync(cancellationToken);
                foreach (var message in messages) inFlight.Add(ProcessAsync(message, cancellationToken));
                if (messages.Count > 0) _pause.Reset();
                else await Task.Delay(_pause.Next(), clock, cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(inFlight);
        }
    }

    private async Task UntilRoomAsync(HashSet<Task> inFlight, CancellationToken cancellationToken)
    {
        inFlight.RemoveWhere(task => task.IsCompleted);
        while (inFlight.Count > settings.NewBatchThreshold)
        {
            await Task.WhenAny(inFlight).WaitAsync(cancellationToken);
            inFlight.RemoveWhere(task => task.IsCompleted);
        }
    }

    private async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _queue.ReceiveMessagesAsync(settings.BatchSize, MessageLease.Visibility, cancellationToken);
        }
        catch (StorageException e)
        {
            output($"Queue {function.QueueName} cannot be read: {e.Message}");
            return [];
        }
    }

    private async Task ProcessAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        using var lease = new MessageLease(_queue, message, output, clock);
        if (!message.IsDecoded || message.DequeueCount > settings.MaxDequeueCount)
        {
            await PoisonAsync(lease, message);
            return;
        }
        try
        {
            await CompleteAsync(lease, message, await DeliverAsync(message, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host would leave it hidden for up to 10 minutes, too long for someone who starts again at once.
            await lease.ReleaseAsync(TimeSpan.Zero);
        }
    }

    // No cancellation from here on: a stop must not bring back a message that is done.
    private Task CompleteAsync(MessageLease lease, QueueMessage message, InvocationOutcome outcome) => outcome switch
    {
        InvocationOutcome.Succeeded => lease.DeleteAsync(),
        _ when message.DequeueCount >= settings.MaxDequeueCount => PoisonAsync(lease, message),
        _ => lease.ReleaseAsync(settings.VisibilityTimeout),
    };

    private async Task<InvocationOutcome> DeliverAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        var repeat = duplicates?.Of(function.QueueName, Interlocked.Increment(ref _received)) ?? DuplicateDeliveries.Repeat.None;
        var again = message with { DequeueCount = message.DequeueCount + 1 };
        switch (repeat)
        {
            case DuplicateDeliveries.Repeat.Concurrently:
                var both = await Task.WhenAll(invoke(message, cancellationToken), invoke(again, cancellationToken));
                return both.FirstOrDefault(outcome => outcome is InvocationOutcome.Succeeded) ?? both[0];
            case DuplicateDeliveries.Repeat.Afterwards:
                var first = await invoke(message, cancellationToken);
                return first is InvocationOutcome.Succeeded ? await AgainAsync(first, again, cancellationToken) : first;
            default:
                return await invoke(message, cancellationToken);
        }
    }

    private async Task<InvocationOutcome> AgainAsync(InvocationOutcome first, QueueMessage again, CancellationToken cancellationToken)
    {
        await invoke(again, cancellationToken);
        return first; // whatever the second delivery did, the message was done
    }

    private async Task PoisonAsync(MessageLease lease, QueueMessage message)
    {
        if (_poison is not { } poison)
        {
            await lease.ReleaseAsync(settings.VisibilityTimeout);
            return;
        }
        output($"{function.Name}: message {message.MessageId} goes to {poison.Name} after {message.DequeueCount} deliveries.");
        try
        {
            await poison.CreateIfNotExistsAsync(CancellationToken.None);
            await poison.SendMessageAsync(message.Text, TimeSpan.Zero, CancellationToken.None);
        }
        catch (StorageException e)
        {
            output($"Message {message.MessageId} stays in {function.QueueName}: {e.Message}");
            await lease.ReleaseAsync(settings.VisibilityTimeout);
            return;
        }
        await lease.DeleteAsync();
    }

    // The host gives up on a message of a queue that has no room for the suffix only when it expires.
    private static string? PoisonName(string queue) =>
        queue.EndsWith(PoisonSuffix, StringComparison.Ordinal) || queue.Length + PoisonSuffix.Length > LongestQueueName
            ? null
            : queue + PoisonSuffix;

    private static QueueClient Client(FunctionDefinition.Queue function, string queue) =>
        StorageAccount.FromConnectionString(function.ConnectionString).Queue(queue);
}
