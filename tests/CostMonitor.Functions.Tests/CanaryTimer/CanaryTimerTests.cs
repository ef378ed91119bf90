using System.Net;
using CostMonitor.Functions.Tests.Running;

namespace CostMonitor.Functions.Tests.CanaryTimer;

public sealed class CanaryTimerTests(AppFixture app) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task CanaryTimer_GivenOneSlotManyTimes_RunsItOnce()
    {
        await FireAsync(Payloads.Timer("2026-08-22T10:00:01.1234567Z"));
        var first = await app.GetAsync("/api/batches/canary-little-20260822t100000");
        await FireAsync(Payloads.Timer("2026-08-22T10:00:02.0000000Z"));
        await FireAsync(Payloads.Timer("2026-08-22T10:48:00.0000000Z", isPastDue: true)); // the host was down at the hour
        await FireAsync(Payloads.Timer("2026-08-22T09:59:59.5000000Z")); // a timer's clock may be a little fast
        var last = await app.GetAsync("/api/batches/canary-little-20260822t100000");

        Assert.Equal("canary", first.GetProperty("kind").GetString());
        Assert.Equal("done", first.GetProperty("state").GetString());
        Assert.Equal(AppFixture.CanaryRuns, first.GetProperty("recorded").GetInt32());
        Assert.Equal(first.GetProperty("costUsd").GetDecimal(), last.GetProperty("costUsd").GetDecimal());
        Assert.Equal(Enumerable.Range(0, AppFixture.CanaryRuns), (await app.StoredRunsAsync("canary-little-20260822t100000")).Select(r => r.Ordinal));
        Assert.Empty(await app.StoredRunsAsync("canary-little-20260822t090000"));
    }

    [Fact]
    public async Task CanaryTimer_GivenOneSlotTwiceAtOnce_RunsItOnce()
    {
        await Task.WhenAll(FireAsync(Payloads.Timer("2026-08-22T13:00:00.1Z")), FireAsync(Payloads.Timer("2026-08-22T13:00:00.1Z")));

        Assert.Equal(Enumerable.Range(0, AppFixture.CanaryRuns), (await app.StoredRunsAsync("canary-little-20260822t130000")).Select(r => r.Ordinal));
    }

    [Fact]
    public async Task CanaryTimer_GivenTwoSlots_RunsBoth()
    {
        await FireAsync(Payloads.Timer("2026-08-22T11:00:00.1Z"));
        await FireAsync(Payloads.Timer("2026-08-22T12:00:00.1Z"));

        Assert.Equal(AppFixture.CanaryRuns, (await app.StoredRunsAsync("canary-little-20260822t110000")).Count);
        Assert.Equal(AppFixture.CanaryRuns, (await app.StoredRunsAsync("canary-little-20260822t120000")).Count);
    }

    private async Task FireAsync(string payload)
    {
        using var answer = await app.InvokeAsync("CanaryTimer", payload);
        Assert.Equal((HttpStatusCode.OK, "{}"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }
}
