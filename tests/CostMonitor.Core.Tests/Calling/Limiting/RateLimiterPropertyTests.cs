using CostMonitor.Core.Calling;
using CostMonitor.Core.Calling.Limiting;
using CostMonitor.Core.Plans;
using CostMonitor.Testing;

namespace CostMonitor.Core.Tests.Calling.Limiting;

public sealed class RateLimiterPropertyTests
{
    private const int Requests = 120, Tokens = 30_000, Biggest = 9000;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void EnterAsync_GivenRandomArrivalsOfTenMinutes_KeepsTheLimitsInEveryMinute(int seed)
    {
        var entries = Run(new SeededRandom((ulong)seed));

        var (first, requests, tokens) = (0, 0, 0L);
        Assert.True(entries.Count > 900, $"{entries.Count} entries are few for ten minutes of pressure");
        foreach (var (at, count) in entries)
        {
            (requests, tokens) = (requests + 1, tokens + count);
            for (; entries[first].At <= at - Minute; first++) (requests, tokens) = (requests - 1, tokens - entries[first].Tokens);

            // The burst is a sixth. A call that is bigger than it goes when it is full, so that one such may stand beyond it.
            Assert.True(requests <= Requests * 7 / 6, $"{requests} requests in the minute up to {at}");
            Assert.True(tokens <= (Tokens * 7 / 6) + Biggest, $"{tokens} tokens in the minute up to {at}");
        }
    }

    [Fact]
    public async Task EnterAsync_GivenManyThreadsAndCancellations_LosesNoCall()
    {
        const int threads = 4, each = 2000;
        var time = new SteppedTime();
        var limiter = new RateLimiter(new LimiterSettings { Limits = new RateLimits(6000), Queue = 100_000 }, time);
        var (asked, entered, cancelled, refused) = (0, 0, 0, 0);
        async Task Call(int i)
        {
            using var source = new CancellationTokenSource();
            var entering = limiter.EnterAsync((CallLane)(i % 3), 0, i % 5 == 0 ? TimeSpan.FromSeconds(1) : TimeSpan.FromHours(1), source.Token);
            Interlocked.Increment(ref asked);
            if (i % 7 == 0) await source.CancelAsync();
            try
            {
                if ((await entering).Answer == LimiterAnswer.Entered) Interlocked.Increment(ref entered);
                else Interlocked.Increment(ref refused);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref cancelled);
            }
        }

        var calls = Task.WhenAll(Enumerable.Range(0, threads).Select(t => Task.Run(() => Task.WhenAll(Enumerable.Range(0, each).Select(Call)))));
        while (!calls.IsCompleted)
        {
            if (limiter.Queued > 500 || Volatile.Read(ref asked) == threads * each) time.Advance(TimeSpan.FromMilliseconds(50)); // so that there is a queue
            await Task.Yield();
        }

        await calls;
        Assert.Equal(threads * each, entered + cancelled + refused);
        Assert.True(entered > 1000 && cancelled > 0 && refused > 0, $"{entered} entered, {cancelled} cancelled, {refused} refused");
        Assert.Equal(0, limiter.Queued);
    }

    [Fact]
    public void DeadlineHeap_GivenAnyOrder_GivesTheEarliestOfThoseLeft()
    {
        var random = new SeededRandom(7);
        var (heap, left) = (new DeadlineHeap(), new List<WaitingCall>());
        var limiter = new RateLimiter(LimiterSettings.Default, new SteppedTime());

        for (var i = 0; i < 5000; i++)
        {
            if (left.Count > 0 && random.NextDouble() < 0.45)
            {
                var gone = left[(int)(random.NextDouble() * left.Count)];
                left.Remove(gone);
                heap.Remove(gone);
            }
            else
            {
                var call = new WaitingCall(limiter, CallLane.App, 0, TimeSpan.Zero, TimeSpan.FromTicks((long)(random.NextDouble() * 1000)));
                left.Add(call);
                heap.Add(call);
            }

            Assert.Equal(left.Count == 0 ? null : left.Min(static c => c.Deadline), heap.First?.Deadline);
        }
    }

    private static List<(TimeSpan At, long Tokens)> Run(SeededRandom random)
    {
        var calls = new LimiterCalls(Requests, Tokens);
        var waiting = new List<(Entering Call, long Tokens)>();
        var entries = new List<(TimeSpan At, long Tokens)>();
        while (calls.Time.Elapsed < TimeSpan.FromMinutes(10))
        {
            // Lulls of up to a minute, and bursts, of up to 3 calls each 50 ms.
            if (random.NextDouble() < 0.001) Step(random.NextDouble() * 60);
            for (var i = (int)(random.NextDouble() * 4); i > 0 && calls.Limiter.Queued < 50; i--)
            {
                var tokens = random.NextDouble() < 0.01 ? Biggest : (long)(random.NextDouble() * 300);
                waiting.Add((calls.Enter((CallLane)(int)(random.NextDouble() * 3), tokens), tokens));
            }

            Step(0.05);
        }

        return entries;

        void Step(double seconds)
        {
            for (var i = 0; i < Math.Ceiling(seconds / 0.05); i++)
            {
                foreach (var done in waiting.Where(static w => w.Call.IsDone)) entries.Add((calls.Time.Elapsed, done.Tokens));
                waiting.RemoveAll(static w => w.Call.IsDone);
                calls.Time.Advance(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}
