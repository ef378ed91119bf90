using System.Collections.Concurrent;
using CostMonitor.Core.Alerts;

namespace CostMonitor.Functions.Tests.AlertQueue;

/// <summary>The books of a sink that outlives the processes that send to it.</summary>
internal sealed class SinkBooks
{
    public ConcurrentQueue<string> Taken { get; } = new();

    /// <summary>What it answers to the n-th notice, counted from 1; takes it if not set.</summary>
    public Func<int, SinkAnswer> Answers { get; set; } = static _ => SinkAnswer.Delivered;

    /// <summary>Killed after the sink had taken a notice, and before that could be noted.</summary>
    public int KilledAfterTaking;

    private int _asked;

    public IAlertSink Seen(Mortality life, string name = "books", AlertSeverity least = AlertSeverity.Info) => new BookSink(this, life, name, least);

    private sealed class BookSink(SinkBooks books, Mortality life, string name, AlertSeverity least) : IAlertSink
    {
        public string Name => name;

        public AlertSeverity LeastSeverity => least;

        public async Task<SinkAnswer> SendAsync(SinkNotice notice, CancellationToken cancellationToken)
        {
            await Task.Yield();
            life.Step("send");
            var answer = books.Answers(Interlocked.Increment(ref books._asked));
            if (answer.Failure is not null) return answer;
            books.Taken.Enqueue(notice.Id);
            try
            {
                life.Step("taken");
            }
            catch (KilledException)
            {
                Interlocked.Increment(ref books.KilledAfterTaking);
                throw;
            }

            return answer;
        }
    }
}
