using System.Text;
using CostMonitor.Functions.Host;
using CostMonitor.Functions.Tests.Running;
using Microsoft.AspNetCore.Http;

namespace CostMonitor.Functions.Tests.Host;

public sealed class QueueTriggerTests
{
    [Theory]
    [InlineData("""{"batch":"b","chunk":0}""")]
    [InlineData("a plain text")]
    [InlineData("Grüße, \"quoted\" \\ and\nbroken")]
    [InlineData("")]
    public async Task Read_GivenATextAsTheHostWritesIt_IsThatText(string text)
    {
        var trigger = await ReadAsync(Payloads.Queue(text, "m-1"));

        Assert.Equal(new QueueTrigger(text, "m-1"), trigger);
    }

    [Theory]
    [InlineData("""{"Data":{"any":{"batch":"b","chunk":0}}}""", """{"batch":"b","chunk":0}""")]
    [InlineData("""{"Data":{"any":"{\"batch\":\"b\",\"chunk\":0}"},"Metadata":{}}""", """{"batch":"b","chunk":0}""")]
    [InlineData("""{"Data":{"any":"plain"},"Metadata":null}""", "plain")]
    [InlineData("""{"Data":{"any":"\"not one \" text\""}}""", "\"not one \" text\"")]
    [InlineData("""{"Data":{"any":"\""}}""", "\"")]
    [InlineData("""{"Data":{"any":3}}""", "3")]
    public async Task Read_GivenOtherForms_IsTheText(string payload, string expected) =>
        Assert.Equal(new QueueTrigger(expected, ""), await ReadAsync(payload));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("""{"Data":{}}""")]
    [InlineData("""{"Data":"text"}""")]
    public async Task Read_GivenNoInvocation_SaysWhatIsExpected(string payload)
    {
        var failure = await Assert.ThrowsAsync<TriggerException>(() => ReadAsync(payload));

        Assert.Matches("is not JSON|has no Data; expected", failure.Message);
    }

    private static Task<QueueTrigger> ReadAsync(string payload)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = "/BatchQueue";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(payload));
        return QueueTrigger.ReadAsync(context.Request, CancellationToken.None);
    }
}
