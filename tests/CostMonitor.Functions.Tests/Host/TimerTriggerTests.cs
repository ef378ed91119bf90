using System.Text;
using CostMonitor.Functions.Host;
using CostMonitor.Functions.Tests.Running;
using Microsoft.AspNetCore.Http;

namespace CostMonitor.Functions.Tests.Host;

public sealed class TimerTriggerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Read_GivenTheHostsPayload_IsItsTimeAndLateness()
    {
        var onTime = await ReadAsync(Payloads.Timer("2026-08-22T10:00:01.1234567Z"));
        var late = await ReadAsync(Payloads.Timer("2026-08-22T10:00:01.1234567Z", isPastDue: true));

        var fired = new DateTimeOffset(2026, 8, 22, 10, 0, 1, TimeSpan.Zero).AddTicks(1_234_567);
        Assert.Equal((new TimerTrigger(fired, false), new TimerTrigger(fired, true)), (onTime, late));
    }

    [Theory]
    [InlineData("""{"Data":{"timer":null}}""")]
    [InlineData("""{"Data":{"timer":{"IsPastDue":null}},"Metadata":{"sys":{"UtcNow":"2026-11-21T09:00:00Z"}}}""")]
    [InlineData("""{"Data":{"timer":"{}"},"Metadata":{"sys":null}}""")]
    [InlineData("""{"Data":{"timer":{}},"Metadata":{"sys":{"UtcNow":"soon"}}}""")]
    [InlineData("""{"Data":{"timer":{}},"Metadata":{"sys":{"UtcNow":17}}}""")]
    public async Task Read_GivenLessThanTheHostSends_TakesTheClockAndNotLate(string payload) =>
        Assert.Equal(new TimerTrigger(Now, false), await ReadAsync(payload));

    [Fact]
    public async Task Read_GivenNoInvocation_Fails() => await Assert.ThrowsAsync<TriggerException>(() => ReadAsync("{}"));

    private static Task<TimerTrigger> ReadAsync(string payload)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(payload));
        return TimerTrigger.ReadAsync(context.Request, new StoppedTime(), CancellationToken.None);
    }

    private sealed class StoppedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
