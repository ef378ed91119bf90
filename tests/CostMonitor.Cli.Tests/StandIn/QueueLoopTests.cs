using System.Collections.Concurrent;
using CostMonitor.Cli.StandIn;
using CostMonitor.Storage.Queues;

namespace CostMonitor.Cli.Tests.StandIn;

public sealed class QueueLoopTests(StorageFixture storage) : IClassFixture<StorageFixture>, IDisposable
{
    private static readonly InvocationOutcome Success = new InvocationOutcome.Succeeded([]);
    private static readonly InvocationOutcome Failure = new InvocationOutcome.Failed("as told");

    private readonly OutputLines _output = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly string _name = $"q{Guid.NewGuid():N}";

    private QueueClient Queue => storage.Account.Queue(_name);

    private QueueClient Poison => storage.Account.Queue($"{_name}-poison");

    [Fact]
    public async Task Run_GivenSuccess_DeletesTheMessage()
    {
        var run = await StartAsync(new QueueSettings(), message => Task.FromResult(Success), "one", "two");

        await _output.WaitForAsync("ran", 2);
        await StopAsync(run);

        Assert.Equal((1, 1), (_output.Count("ran one 1"), _output.Count("ran two 1")));
        Assert.Equal(0, await Queue.ApproximateMessagesCountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Run_GivenAMessageThatAlwaysFails_PoisonsItAfterMaxDequeueCount()
    {
        var settings = new QueueSettings { MaxDequeueCount = 3, MaxPollingInterval = TimeSpan.FromMilliseconds(100) };
        var run = await StartAsync(settings, message => Task.FromResult(message.Text == "bad" ? Failure : Success), "bad");

        await _output.WaitForAsync($"goes to {_name}-poison after 3 deliveries");
        await WaitForPoisonAsync();
        await StopAsync(run);

        Assert.Equal((3, 1), (_output.Count("ran bad"), _output.Count("ran bad 3")));
        var poison = Assert.Single(await Poison.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Equal("bad", poison.Text);
        Assert.Equal(0, await Queue.ApproximateMessagesCountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Run_GivenTextThatIsNoBase64_PoisonsItWithoutRunning()
    {
        await Queue.CreateIfNotExistsAsync(CancellationToken.None);
        await storage.SendRawAsync(_name, "not base64!");
        var run = await StartAsync(new QueueSettings(), _ => Task.FromResult(Success));

        await _output.WaitForAsync("goes to");
        await WaitForPoisonAsync();
        await StopAsync(run);

        Assert.Equal(0, _output.Count("ran"));
        var poison = Assert.Single(await Poison.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Equal("not base64!", poison.Text);
    }

    [Fact]
    public async Task Run_GivenManyMessages_FetchesAgainOnlyWhenTheThresholdIsLeft()
    {
        using var finish = new SemaphoreSlim(0);
        var run = await StartAsync(new QueueSettings { BatchSize = 4, NewBatchThreshold = 2 }, async _ =>
        {
            await finish.WaitAsync();
            return Success;
        }, [.. Enumerable.Range(0, 20).Select(i => $"m{i}")]);

        await _output.WaitForAsync("ran", 4);
        await AssertWaitingAsync(16);
        finish.Release(2); // 2 run, which is the threshold: 4 more are fetched
        await _output.WaitForAsync("ran", 8);
        await AssertWaitingAsync(12);
        finish.Release(18);
        await _output.WaitForAsync("ran", 20);
        await StopAsync(run);
    }

    [Fact]
    public async Task Run_GivenAStop_HandsTheMessageBackAtOnce()
    {
        var run = await StartAsync(new QueueSettings(), async _ =>
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
            return Success;
        }, "long");
        await _output.WaitForAsync("ran long");

        await StopAsync(run);

        var message = Assert.Single(await Queue.ReceiveMessagesAsync(1, TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Equal(("long", 2), (message.Text, message.DequeueCount));
    }

    [Fact]
    public async Task Lease_GivenAFunctionOfFiveMinutes_IsRenewed()
    {
        var clock = new StepClock(new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        await Queue.CreateIfNotExistsAsync(CancellationToken.None);
        await Queue.SendMessageAsync("long", TimeSpan.Zero, CancellationToken.None);
        var message = Assert.Single(await Queue.ReceiveMessagesAsync(1, TimeSpan.FromMinutes(10), CancellationToken.None));
        using var lease = new MessageLease(Queue, message, _output.Add, clock);
        await clock.ArmedAsync();

        clock.Advance(TimeSpan.FromMinutes(5)); // renews, and waits again
        await clock.ArmedAsync();

        Assert.False(await Queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, CancellationToken.None)); // the receipt has changed
        await lease.DeleteAsync();
        Assert.Equal(0, await Queue.ApproximateMessagesCountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Run_GivenDuplicateDeliveries_RunsEachMessageTwice()
    {
        var seen = new ConcurrentDictionary<string, int>();
        var run = await StartAsync(new QueueSettings(), message =>
        {
            seen.AddOrUpdate(message.Text, 1, (_, count) => count + 1);
            return Task.FromResult(Success);
        }, new DuplicateDeliveries(1, Seed: 1), "a", "b", "c", "d");

        await _output.WaitForAsync("ran", 8);
        await StopAsync(run);

        Assert.Equal(["a2", "b2", "c2", "d2"], seen.Select(s => $"{s.Key}{s.Value}").Order());
        Assert.Equal(0, await Queue.ApproximateMessagesCountAsync(CancellationToken.None));
    }

    public void Dispose() => _stop.Dispose();

    private Task<Task> StartAsync(QueueSettings settings, Func<QueueMessage, Task<InvocationOutcome>> invoke, params string[] texts) =>
        StartAsync(settings, invoke, null, texts);

    private async Task<Task> StartAsync(
        QueueSettings settings, Func<QueueMessage, Task<InvocationOutcome>> invoke, DuplicateDeliveries? duplicates, params string[] texts)
    {
        await Queue.CreateIfNotExistsAsync(CancellationToken.None);
        foreach (var text in texts) await Queue.SendMessageAsync(text, TimeSpan.Zero, CancellationToken.None);
        var function = new FunctionDefinition.Queue("Job", "job", _name, storage.ConnectionString);
        var loop = new QueueLoop(function, settings, (message, _) =>
        {
            _output.Add($"ran {message.Text} {message.DequeueCount}");
            return invoke(message);
        }, duplicates, _output.Add, TimeProvider.System);
        return loop.RunAsync(_stop.Token);
    }

    // Asked ten times: a loop that fetches too much has its chance, since the emulator answers one request after another.
    private async Task AssertWaitingAsync(int expected)
    {
        for (var i = 0; i < 10; i++) Assert.Equal(expected, (await Queue.PeekMessagesAsync(32, CancellationToken.None)).Count);
    }

    // The copy is sent before the message is deleted, and both follow the line of output.
    private async Task WaitForPoisonAsync()
    {
        await Poison.CreateIfNotExistsAsync(CancellationToken.None);
        while (await Queue.ApproximateMessagesCountAsync(CancellationToken.None) > 0) await Task.Yield();
    }

    private async Task StopAsync(Task run)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }
}
