using System.Text;
using System.Text.Json;
using CostMonitor.Cli.StandIn;
using CostMonitor.Storage.Queues;

namespace CostMonitor.Cli.Tests.StandIn;

public sealed class InvocationPayloadTests
{
    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 8, 22, 10, 0, 1, TimeSpan.Zero).AddTicks(1_234_567);
    private static readonly Guid Rand = Guid.Parse("24ad4c06-24ad-4e5b-8294-3da9714877e9");
    private static readonly FunctionDefinition.Queue Job = new("ProcessJob", "job", "jobs", "UseDevelopmentStorage=true");

    [Fact]
    public void Of_GivenAQueueMessage_WritesTheHostsBytes()
    {
        var body = InvocationPayload.Of(Job, Message("""{"runId":"r1","n":3,"tags":[1,2],"o":{"a":1}}"""), Now, Rand);

        Assert.Equal(Expected("queue.json"), Encoding.UTF8.GetString(body));
    }

    [Fact]
    public void Of_GivenATimer_WritesTheHostsBytes()
    {
        var updated = new DateTimeOffset(2026, 8, 22, 9, 55, 0, TimeSpan.Zero).AddTicks(123);
        var status = new ScheduleStatus(new(2026, 8, 22, 9, 55, 0, TimeSpan.Zero), new(2026, 8, 22, 10, 0, 0, TimeSpan.Zero), updated);

        var body = InvocationPayload.Of(Tick("0 */5 * * * *"), status, isPastDue: false, Now, Rand);

        Assert.Equal(Expected("timer.json"), Encoding.UTF8.GetString(body));
    }

    [Fact]
    public void Of_GivenAnUnmonitoredTimer_WritesANullStatus()
    {
        var body = InvocationPayload.Of(Tick("00:00:10"), null, isPastDue: true, Now, Rand);

        Assert.StartsWith(
            """{"Data":{"timer":{"Schedule":{"AdjustForDST":false},"ScheduleStatus":null,"IsPastDue":true}},"Metadata":{"sys":{""",
            Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_GivenAMessageThatNamesBuiltIns_LetsTheMessageWin()
    {
        var body = InvocationPayload.Of(Job, Message("""{"id":"mine","sys":true,"skipped":null,"QueueTrigger":"x"}"""), Now, Rand);

        using var json = JsonDocument.Parse(body);
        var metadata = json.RootElement.GetProperty("Metadata");
        Assert.Equal("\"mine\"", metadata.GetProperty("Id").GetString());
        Assert.Equal("\"True\"", metadata.GetProperty("sys").GetString());
        Assert.Equal("ProcessJob", metadata.GetProperty("$sys").GetProperty("MethodName").GetString());
        Assert.False(metadata.TryGetProperty("skipped", out _));
        Assert.False(metadata.TryGetProperty("QueueTrigger", out _));
    }

    [Theory]
    [InlineData("plain words")]
    [InlineData("a \"quote\", a \\ and\na line")]
    [InlineData("Grüße, 東京 😀 \u2028\u0001")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{ not json")]
    [InlineData("")]
    public void Of_GivenAnyText_CanBeDecodedTwice(string text)
    {
        var body = InvocationPayload.Of(Job, Message(text), Now, Rand);

        using var outer = JsonDocument.Parse(body);
        using var inner = JsonDocument.Parse(outer.RootElement.GetProperty("Data").GetProperty("job").GetString() ?? "");
        Assert.Equal(text, inner.RootElement.GetString());
    }

    private static FunctionDefinition.Timer Tick(string schedule) =>
        new("Tick", "timer", TimerSchedule.TryParse(schedule) ?? throw new ArgumentException(schedule), false, true);

    private static QueueMessage Message(string text) => new(
        "800ae4b3-bdd2-4c08-badd-f08e5a34b865", "AgAAAAMAAAAAAAAAAgtnj8x+1QE=", text, 1,
        new(2026, 8, 22, 10, 0, 0, TimeSpan.Zero), new(2026, 8, 29, 10, 0, 0, TimeSpan.Zero), DateTimeOffset.MaxValue);

    private static string Expected(string file) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "StandIn", "Expected", file)).TrimEnd('\n');
}
