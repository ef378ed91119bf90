using CostMonitor.Core.Budgets.Ledger;
using CostMonitor.Core.Calling;
using CostMonitor.Core.Contracts;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;

namespace CostMonitor.Core.Tests.Runs;

public sealed class RunEngineTests
{
    [Fact]
    public async Task RunAsync_GivenARunThatWaited_KeepsTheWaitApartFromTheLatency()
    {
        var time = new Clock { Ticks = TimeSpan.FromSeconds(3).Ticks };
        var client = new Client();

        var run = (await new RunEngine(client, new PriceCatalog([]), time).RunAsync(Request, due: 0, CancellationToken.None)).Record;

        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(5), Records.Start), (run.QueueWait, run.Timings.EndToEnd, run.Started));
        Assert.NotEqual(Guid.Empty, run.Attempt);
    }

    [Fact]
    public async Task RunAsync_GivenAJsonContract_AsksForJsonWithThePlansParameters()
    {
        var client = new Client();

        await new RunEngine(client, new PriceCatalog([]), new Clock()).RunAsync(Request, due: 0, CancellationToken.None);

        var expected = new CompletionRequest
        {
            Id = "b.000001", Model = Request.Model, System = "Be brief.", Prompt = "Why?", Parameters = Request.Parameters, WantsJson = true,
            Timeout = TimeSpan.FromSeconds(9), Retries = 2, UsesCache = true, Lane = CallLane.Batch, Contract = Request.Prompt.Contract,
            Tags = new CallTags { Team = "search" }, Priority = CallPriority.Critical,
        };
        Assert.Equal(expected, client.Asked);
    }

    [Fact]
    public async Task RunAsync_GivenACharge_HandsItOverUnsettledBesideTheRecord()
    {
        var notes = new List<string>();
        var charge = new NotedCharge(notes);

        var made = await new RunEngine(new Client { Charge = charge }, new PriceCatalog([]), new Clock()).RunAsync(Request, due: 0, CancellationToken.None);

        Assert.Same(charge, made.Charge);
        Assert.Empty(notes);
    }

    [Fact]
    public async Task RunAsync_GivenARunThatCannotBePriced_SettlesItsChargeAsUnknown()
    {
        var notes = new List<string>();
        var engine = new RunEngine(new Client { Charge = new NotedCharge(notes) }, () => throw new InvalidOperationException("No catalog."), new Clock());

        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.RunAsync(Request, due: 0, CancellationToken.None));

        Assert.Equal(["settled as unknown"], notes);
    }

    private static readonly RunRequest Request = new()
    {
        Id = RunId.Parse("b.000001"),
        Plan = "p",
        Model = ModelKey.Parse("sim:a"),
        Prompt = new Prompt
        {
            Id = "p1", Category = "qa", Text = "Why?", System = "Be brief.",
            Contract = OutputContract.Create(new ContractText("json", null, null, null, null, null), (_, _) => { }),
        },
        Parameters = new GenerationParameters(64, 0, null, 5),
        Timeout = TimeSpan.FromSeconds(9),
        Retries = 2,
        UsesCache = true,
        Lane = CallLane.Batch,
        Tags = new CallTags { Team = "search" },
        Priority = CallPriority.Critical,
    };

    private sealed class Client : ICompletionClient
    {
        public CompletionRequest? Asked { get; private set; }

        public ICallCharge? Charge { get; init; }

        public Task<RunOutcome> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken)
        {
            Asked = request;
            return Task.FromResult<RunOutcome>(new RunOutcome.Succeeded { Timings = new CallTimings { EndToEnd = TimeSpan.FromMilliseconds(5) }, Charge = Charge });
        }
    }

    private sealed class Clock : TimeProvider
    {
        public long Ticks { get; init; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;

        public override DateTimeOffset GetUtcNow() => Records.Start;
    }
}
