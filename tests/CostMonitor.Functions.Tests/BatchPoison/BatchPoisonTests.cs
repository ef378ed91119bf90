using System.Net;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.BatchPoison;

public sealed class BatchPoisonTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task BatchPoison_GivenAMessageTwice_CountsItOnceInItsBatch()
    {
        await app.PostAsync("/api/batches", AppFixture.BatchOf("poisoned", 1)); // 2 chunks

        await PoisonAsync("""{"batch":"poisoned","chunk":0}""", "m1");
        await PoisonAsync("""{"batch":"poisoned","chunk":0}""", "m1");
        var after1 = await app.GetAsync("/api/batches/poisoned");
        await PoisonAsync("""{"batch":"poisoned","chunk":"what?"}""", "m2"); // faulty, but it names its batch
        var after2 = await app.GetAsync("/api/batches/poisoned");

        Assert.Equal((1, "queued"), (after1.GetProperty("poisoned").GetInt32(), after1.GetProperty("state").GetString()));
        Assert.Equal((2, "incomplete"), (after2.GetProperty("poisoned").GetInt32(), after2.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task BatchPoison_GivenMessagesOfNoBatch_CountsThemInHealth()
    {
        await PoisonAsync("certainly no JSON", "n1");
        await PoisonAsync("""{"batch":"nobody-submitted-this","chunk":0}""", "n2");

        var health = await app.GetAsync("/api/health");

        Assert.Equal(2, health.GetProperty("poisonedWithoutBatch").GetInt32());
        Assert.Equal("ok", health.GetProperty("status").GetString());
    }

    private async Task PoisonAsync(string text, string messageId)
    {
        using var answer = await app.InvokeAsync("BatchPoison", Payloads.Queue(text, messageId));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
