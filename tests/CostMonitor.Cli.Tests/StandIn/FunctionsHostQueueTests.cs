using CostMonitor.Cli.StandIn;

namespace CostMonitor.Cli.Tests.StandIn;

public sealed class FunctionsHostQueueTests(StorageFixture storage) : IClassFixture<StorageFixture>
{
    private readonly OutputLines _output = new();
    private readonly string _queue = $"q{Guid.NewGuid():N}";

    [Fact]
    public async Task Start_GivenAQueueFunction_MakesItsQueueAndRunsEachMessage()
    {
        using var folder = new AppFolder().WithQueue("Work", _queue);
        await using var host = await StartAsync(folder);

        await storage.Account.Queue(_queue).SendMessageAsync("grüße", TimeSpan.Zero, CancellationToken.None);

        await _output.WaitForAsync("Work: done grüße");
    }

    [Fact]
    public async Task Start_GivenOneBatch_ReceivesItInOneRequest()
    {
        await storage.Account.Queue(_queue).CreateIfNotExistsAsync(CancellationToken.None);
        for (var i = 0; i < 16; i++) await storage.Account.Queue(_queue).SendMessageAsync($"m{i}", TimeSpan.Zero, CancellationToken.None);
        using var folder = new AppFolder(queues: """{ "batchSize": 16, "newBatchThreshold": 0 }""").WithQueue("Gated", _queue);

        await using var host = await StartAsync(folder);

        await _output.WaitForAsync("entered", 16); // all of them at once, before any has finished
    }

    [Fact]
    public async Task Kill_GivenAMessageThatRuns_BringsItAgainAfterTheRestart()
    {
        using var folder = new AppFolder(queues: """{ "maxPollingInterval": "00:00:00.2" }""").WithQueue("Gated", _queue).WithHttp("Api", "{*path}");
        await using var host = await StartAsync(folder);
        var queue = storage.Account.Queue(_queue);
        await queue.SendMessageAsync("one", TimeSpan.Zero, CancellationToken.None);
        await _output.WaitForAsync("entered one");

        using (var app = System.Diagnostics.Process.GetProcessById(host.AppProcessId)) app.Kill();
        await _output.WaitForAsync("entered one", 2);
        using var client = new HttpClient();
        using var opened = await client.PostAsync(new Uri(host.Address, "api/open"), null);

        while (await queue.ApproximateMessagesCountAsync(CancellationToken.None) > 0) await Task.Yield();
        Assert.Equal(1, _output.Count("Gated failed"));
    }

    private Task<FunctionsHost> StartAsync(AppFolder folder) => FunctionsHost.StartAsync(new FunctionsHostOptions
    {
        AppFolder = folder.Path,
        StorageConnectionString = storage.ConnectionString,
        HttpPort = 0,
        DataFolder = Path.Combine(folder.Path, ".costmon"),
        Output = _output.Add,
    }, CancellationToken.None);
}
