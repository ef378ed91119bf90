using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Core.Usage;

namespace CostMonitor.Core.Tests.Runs;

public sealed class RunLoopTests
{
    private static readonly RunOutcome Answer = new RunOutcome.Succeeded { Timings = new CallTimings { EndToEnd = TimeSpan.FromMilliseconds(5) }, Text = "A." };

    [Fact]
    public async Task RunAsync_GivenAGateOfTwo_KeepsTwoCallsOpenAndRecordsEachRun()
    {
        var second = new TaskCompletionSource();
        var client = new Client { OnCall = n => n == 1 ? second.Task : Task.Run(second.TrySetResult) }; // the first ends once another is open
        var writer = new Writer();

        await Loop(client, gate: 2).RunAsync(Requests(7), writer, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, 7), writer.Records.Select(r => r.Id.Ordinal).Order());
        Assert.Equal(2, client.MostOpen);
    }

    [Fact]
    public async Task RunAsync_GivenAStop_StartsNoMoreAndRecordsThoseUnderWay()
    {
        using var stop = new CancellationTokenSource();
        var client = new Client { OnCall = n => n == 3 ? stop.CancelAsync() : Task.CompletedTask };
        var writer = new Writer();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Loop(client, gate: 1).RunAsync(Requests(10), writer, stop.Token));

        Assert.Equal([0, 1, 2], writer.Records.Select(r => r.Id.Ordinal));
    }

    [Fact]
    public async Task RunAsync_GivenARecordThatCannotBeWritten_ThrowsThatAndStartsNoMore()
    {
        var client = new Client();
        var writer = new Writer { FailAt = 2 };

        var thrown = await Assert.ThrowsAsync<IOException>(() => Loop(client, gate: 1).RunAsync(Requests(100), writer, CancellationToken.None));

        Assert.Equal("The disk is full.", thrown.Message);
        Assert.InRange(client.Calls, 2, 99); // how many get in between is the scheduler's choice
    }

    [Fact]
    public async Task RunAsync_GivenAChargedRun_SettlesItOnceAfterItsRecordIsDurable()
    {
        var notes = new List<string>();
        var client = new Client { Answer = Answer with { Usage = new MeasuredUsage(new TokenUsage { Input = 1_000, Output = 200 }, IsEstimated: false), Charge = new NotedCharge(notes) } };

        await Loop(client, gate: 1).RunAsync(Requests(1), new Writer { Notes = notes }, CancellationToken.None);

        Assert.Equal(["asked to write", "written", "settled 0.008"], notes); // 1,000 tokens at 5 USD a million and 200 at 15
    }

    [Fact]
    public async Task RunAsync_GivenARunOfUnknownCost_SettlesItAsUnknownAfterItsRecordIsDurable()
    {
        var notes = new List<string>();
        var client = new Client { Answer = Answer with { Charge = new NotedCharge(notes) } }; // reports no usage

        await Loop(client, gate: 1).RunAsync(Requests(1), new Writer { Notes = notes }, CancellationToken.None);

        Assert.Equal(["asked to write", "written", "settled as unknown"], notes);
    }

    [Fact]
    public async Task RunAsync_GivenARecordThatCannotBeWritten_SettlesItsChargeOnceAsUnknown()
    {
        var notes = new List<string>();
        var client = new Client { Answer = Answer with { Usage = new MeasuredUsage(new TokenUsage { Input = 1_000, Output = 200 }, IsEstimated: false), Charge = new NotedCharge(notes) } };

        await Assert.ThrowsAsync<IOException>(() => Loop(client, gate: 1).RunAsync(Requests(1), new Writer { Notes = notes, FailAt = 1 }, CancellationToken.None));

        Assert.Equal(["asked to write", "settled as unknown"], notes);
    }

    private static readonly PriceCatalog Catalog = PriceFile.ParseAll([("sim.json", """
        {"provider":"sim","models":[{"model":"a","prices":[
          {"label":"list-1","effectiveFrom":"2020-01-01","checked":"2020-01-01","source":"s","currency":"USD","perMillionTokens":{"input":5,"output":15}}]}]}
        """)]);

    private static RunLoop Loop(Client client, int gate) =>
        new(new RunEngine(client, Catalog, TimeProvider.System), TimeProvider.System, new SemaphoreSlim(gate));

    private static IEnumerable<RunRequest> Requests(int count) => Enumerable.Range(0, count).Select(i => new RunRequest
    {
        Id = new RunId(new BatchId("b"), i),
        Plan = "p",
        Model = ModelKey.Parse("sim:a"),
        Prompt = new Prompt { Id = "p1", Category = "qa", Text = "Why?" },
    });

    private sealed class Client : ICompletionClient
    {
        private readonly Lock _lock = new();
        private int _open;

        public int Calls { get; private set; }

        public int MostOpen { get; private set; }

        public RunOutcome Answer { get; init; } = RunLoopTests.Answer;

        public Func<int, Task> OnCall { get; init; } = _ => Task.CompletedTask;

        public async Task<RunOutcome> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken)
        {
            int call;
            lock (_lock)
            {
                call = ++Calls;
                MostOpen = Math.Max(MostOpen, ++_open);
            }

            await Task.Yield();
            await OnCall(call);
            lock (_lock) _open--;
            return Answer;
        }
    }

    private sealed class Writer : IRunWriter
    {
        private readonly Lock _lock = new();

        public List<RunRecord> Records { get; } = [];

        public List<string> Notes { get; init; } = [];

        public int FailAt { get; init; }

        public async Task AddAsync(RunRecord record, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                Notes.Add("asked to write");
                Records.Add(record);
                if (Records.Count == FailAt) throw new IOException("The disk is full.");
            }

            await Task.Yield();
            lock (_lock) Notes.Add("written");
        }
    }
}
