using CostMonitor.Storage;
using CostMonitor.Storage.Queues;

namespace CostMonitor.Cli.StandIn;

/// <summary>Keeps one received message hidden from others while its function runs, then deletes or releases it.</summary>
internal sealed class MessageLease : IDisposable
{
    /// <summary>How long a received message stays hidden: fixed in the host, and renewed at half time.</summary>
    public static readonly TimeSpan Visibility = TimeSpan.FromMinutes(10);

    private readonly QueueClient _queue;
    private readonly QueueMessage _message;
    private readonly Action<string> _output;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewal;
    private string _receipt;

    public MessageLease(QueueClient queue, QueueMessage message, Action<string> output, TimeProvider clock)
    {
        (_queue, _message, _output, _clock, _receipt) = (queue, message, output, clock, message.PopReceipt);
        _renewal = RenewAsync();
    }

    public Task DeleteAsync() => EndAsync(() => _queue.DeleteMessageAsync(_message.MessageId, _receipt, CancellationToken.None));

    public Task ReleaseAsync(TimeSpan hiddenFor) =>
        EndAsync(() => _queue.UpdateMessageAsync(_message.MessageId, _receipt, hiddenFor, CancellationToken.None));

    public void Dispose() => _ended.Dispose();

    private async Task EndAsync(Func<Task> last)
    {
        await _ended.CancelAsync();
        await _renewal; // it may just have changed the receipt
        try
        {
            await last();
        }
        catch (StorageException e)
        {
            _output($"Message {_message.MessageId} will come again: {e.Message}");
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Visibility / 2, _clock, _ended.Token);
                _receipt = await _queue.UpdateMessageAsync(_message.MessageId, _receipt, Visibility, CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
        }
        catch (StorageException e)
        {
            _output($"The lease of message {_message.MessageId} is lost: {e.Message}");
        }
    }
}
