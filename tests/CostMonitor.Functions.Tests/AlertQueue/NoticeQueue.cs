using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.Tests.AlertQueue;

/// <summary>A queue in memory, as far as deliverers see one: messages become visible when their time has come.</summary>
internal sealed class NoticeQueue(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<string, (DateTimeOffset At, long Turn)> _messages = new();
    private long _turn;

    public int Count
    {
        get
        {
            lock (_gate) return _messages.Count;
        }
    }

    public Func<string, TimeSpan, CancellationToken, Task> Sender(Mortality life) => (text, wait, _) =>
    {
        life.Step("message");
        lock (_gate) _messages.Enqueue(text, (time.GetUtcNow() + wait, _turn++));
        return Task.CompletedTask;
    };

    public NoticeMessage? Take()
    {
        lock (_gate)
        {
            return _messages.TryPeek(out var text, out var due) && due.At <= time.GetUtcNow() && _messages.TryDequeue(out text, out _) ? NoticeMessage.Parse(text) : null;
        }
    }

    public void Clear()
    {
        lock (_gate) _messages.Clear();
    }
}
