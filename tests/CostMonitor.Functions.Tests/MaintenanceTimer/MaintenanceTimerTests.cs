using System.Net;
using System.Text;
using CostMonitor.Core.Batches;
using CostMonitor.Core.Plans;
using CostMonitor.Core.Runs;
using CostMonitor.Functions.MaintenanceTimer;
using CostMonitor.Functions.Setup;
using CostMonitor.Functions.Tests.Running;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace CostMonitor.Functions.Tests.MaintenanceTimer;

public sealed class MaintenanceTimerTests(AppFixture app) : IClassFixture<AppFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task MaintenanceTimer_GivenChunksWithoutMessages_QueuesThemAgain()
    {
        await app.PostAsync("/api/batches", AppFixture.BatchOf("lost", 65)); // 4 chunks
        using var ran = await app.InvokeAsync("BatchQueue", Payloads.Queue("""{"batch":"lost","chunk":2}"""));
        await app.Queue.ClearMessagesAsync(None);

        await RunAfterAsync(TimeSpan.FromMinutes(3));

        Assert.Equal([0, 1, 3], await QueuedChunksAsync("lost"));
    }

    [Fact]
    public async Task MaintenanceTimer_GivenSeveralBatchesWithoutMessages_QueuesAllAgain()
    {
        await app.PostAsync("/api/batches", AppFixture.BatchOf("lost-a", 1));
        await app.PostAsync("/api/batches", AppFixture.BatchOf("lost-b", 1));
        await app.Queue.ClearMessagesAsync(None);

        await RunAfterAsync(TimeSpan.FromMinutes(3));

        Assert.Equal([0, 1], await QueuedChunksAsync("lost-a"));
        Assert.Equal([0, 1], await QueuedChunksAsync("lost-b"));
    }

    [Fact]
    public async Task MaintenanceTimer_GivenAPoisonedChunk_DoesNotBringItBack()
    {
        await app.PostAsync("/api/batches", AppFixture.BatchOf("bad", 65)); // 4 chunks
        using var poisoned = await app.InvokeAsync("BatchPoison", Payloads.Queue("""{"batch":"bad","chunk":1}""", "p1"));
        await app.Queue.ClearMessagesAsync(None);

        await RunAfterAsync(TimeSpan.FromMinutes(3));

        Assert.Equal([0, 2, 3], await QueuedChunksAsync("bad"));
    }

    [Fact]
    public async Task MaintenanceTimer_GivenAYoungBatch_LeavesItToItsSender()
    {
        await app.PostAsync("/api/batches", AppFixture.BatchOf("young", 2));
        await app.Queue.ClearMessagesAsync(None);

        await RunAfterAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(await QueuedChunksAsync("young"));
    }

    [Fact]
    public async Task MaintenanceTimer_GivenMessagesInTheQueue_AddsNone()
    {
        await app.Queue.ClearMessagesAsync(None);
        await app.PostAsync("/api/batches", AppFixture.BatchOf("waiting", 2));

        await RunAfterAsync(TimeSpan.FromMinutes(3));

        Assert.Equal([0, 1], await QueuedChunksAsync("waiting"));
    }

    [Fact]
    public async Task MaintenanceTimer_GivenADoneBatch_ClosesIt()
    {
        await app.RunBatchAsync("closing", 2);
        Assert.Contains(await app.Batches.OpenAsync(None), b => b.Id == new BatchId("closing"));

        using var answer = await app.InvokeAsync("MaintenanceTimer", Payloads.Timer("2026-08-22T10:00:30.1Z"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain(await app.Batches.OpenAsync(None), b => b.Id == new BatchId("closing"));
    }

    [Fact]
    public async Task MaintenanceTimer_GivenACanaryWhoseWorkerDied_FinishesIt()
    {
        var slot = new DateTimeOffset(2026, 8, 22, 15, 0, 0, TimeSpan.Zero);
        var id = BatchId.ForSlot("little", slot);
        var plan = RunPlanFile.Parse(
            """{"name":"little","seed":1,"models":["sim:small-latest","sim:large-latest"],"prompts":["Name a colour.","Name a town."],"warmUps":1}""", "plan", _ => [], _ => true);
        var batches = app.Batches;
        await batches.AddAsync(new PromptBatch { Id = id, Kind = BatchKind.Canary, Submitted = slot, Plan = plan }, None);
        await batches.Claims.ClaimAsync(id, 0, "a worker that dies at once", TimeSpan.Zero, None);

        using var answer = await app.InvokeAsync("MaintenanceTimer", Payloads.Timer("2026-08-22T15:00:30.1Z"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Enumerable.Range(0, AppFixture.CanaryRuns), (await app.StoredRunsAsync(id.ToString())).Select(r => r.Ordinal));
    }

    [Fact]
    public async Task MaintenanceTimer_GivenABatchThatWasNeverStored_ForgetsItAfterADay()
    {
        var open = new Storage.Tables.TableEntity("!open", "never-stored") { ["Submitted"] = TimeProvider.System.GetUtcNow() };
        await app.Account.Table("Batches").InsertOrReplaceAsync(open, None);

        await RunAfterAsync(TimeSpan.FromHours(23));
        var before = await app.Batches.OpenAsync(None);
        await RunAfterAsync(TimeSpan.FromHours(25));
        var after = await app.Batches.OpenAsync(None);

        Assert.Contains(before, b => b.Id == new BatchId("never-stored"));
        Assert.DoesNotContain(after, b => b.Id == new BatchId("never-stored"));
    }

    [Fact]
    public async Task MaintenanceTimer_GivenACallWithoutAPrice_ShowsItInTheHealthAnswer()
    {
        await app.RunBatchAsync("unpriced", 1); // so that the model is known
        var now = TimeProvider.System.GetUtcNow();
        var row = new Storage.Tables.TableEntity($"sim:small-latest|{now.UtcDateTime:yyyyMMddHH}", "elsewhere.000000")
        {
            ["Provider"] = "sim", ["Model"] = "small-latest", ["Started"] = now, ["TokensIn"] = 10L, ["TokensOut"] = 20L, ["Unpriced"] = true, ["UnpricedReason"] = "No price.",
        };
        await app.Account.Table("Runs").InsertAsync(row, None);

        using var looked = await app.InvokeAsync("MaintenanceTimer", Payloads.Timer("2026-08-22T10:00:30.1Z"));
        var found = (await app.GetAsync("/api/health")).GetProperty("unpriced");
        await app.Account.Table("Runs").DeleteAsync(row.PartitionKey, row.RowKey, Azure.ETag.All, None);
        using var lookedAgain = await app.InvokeAsync("MaintenanceTimer", Payloads.Timer("2026-08-22T10:01:30.1Z"));

        var health = (await app.GetAsync("/api/health")).GetProperty("unpriced");
        Assert.Equal((1, 30, "sim:small-latest"), (found.GetProperty("count").GetInt32(), found.GetProperty("tokens").GetInt32(), found.GetProperty("models")[0].GetProperty("model").GetString()));
        Assert.Equal((HttpStatusCode.OK, 0), (lookedAgain.StatusCode, health.GetProperty("count").GetInt32()));
    }

    private async Task RunAfterAsync(TimeSpan age)
    {
        using var composition = new Composition(name => app.Settings.GetValueOrDefault(name), new ShiftedTime(age), NullLoggerFactory.Instance);
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(Payloads.Timer("2026-08-22T10:00:30.1Z")));
        await new MaintenanceTimerFunction(composition, NullLogger<MaintenanceTimerFunction>.Instance).RunAsync(context.Request, None);
    }

    private async Task<IReadOnlyList<int>> QueuedChunksAsync(string batch) =>
    [
        .. (await app.Queue.PeekMessagesAsync(32, None)).Select(m => ChunkMessage.Parse(m.Text))
            .Where(m => m.Batch == new BatchId(batch)).Select(m => m.Chunk).Order(),
    ];
}
