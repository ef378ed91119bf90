using System.Net;
using Xunit;

namespace CostMonitor.Storage.Tests.Queues;

public sealed class QueueMessageTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task ReceiveMessagesAsync_GivenOneThatIsNotBase64_KeepsTheBatch()
    {
        const string body = """
            <?xml version="1.0" encoding="utf-8"?><QueueMessagesList>
            <QueueMessage><MessageId>1</MessageId><InsertionTime>Sat, 21 Nov 2026 04:11:39 GMT</InsertionTime>
            <ExpirationTime>Fri, 31 Dec 9999 23:59:59 GMT</ExpirationTime><PopReceipt>a+/=</PopReceipt>
            <TimeNextVisible>Sat, 21 Nov 2026 05:11:39 GMT</TimeNextVisible><DequeueCount>3</DequeueCount><MessageText>{"raw": &lt;1&gt;}</MessageText></QueueMessage>
            <QueueMessage><MessageId>2</MessageId><MessageText>/w==</MessageText></QueueMessage>
            <QueueMessage><MessageId>3</MessageId><MessageText/></QueueMessage>
            <QueueMessage><MessageId>4</MessageId><MessageText>w6k=</MessageText></QueueMessage></QueueMessagesList>
            """;
        using var stub = new StubHandler(StubHandler.Answer(HttpStatusCode.OK, body));

        var messages = await stub.Account.Queue("jobs").ReceiveMessagesAsync(32, TimeSpan.FromSeconds(1.5), None);

        Assert.Equal( // the second is base64 of a byte that is no UTF-8
            [("1", """{"raw": <1>}""", false), ("2", "/w==", false), ("3", "", true), ("4", "é", true)],
            messages.Select(m => (m.MessageId, m.Text, m.IsDecoded)));
        Assert.Equal(("a+/=", 3), (messages[0].PopReceipt, messages[0].DequeueCount));
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 4, 11, 39, TimeSpan.Zero), messages[0].InsertionTime);
        Assert.Equal(new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero), messages[0].ExpirationTime);
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 5, 11, 39, TimeSpan.Zero), messages[0].NextVisibleTime);
        Assert.Equal("?numofmessages=32&visibilitytimeout=2", Assert.Single(stub.Requests).Address.Query);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Jobs")]
    [InlineData("-jobs")]
    [InlineData("jobs-")]
    [InlineData("jo--bs")]
    [InlineData("jobs_1")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")] // 64
    public void Queue_GivenABadName_Throws(string name)
    {
        using var stub = new StubHandler();

        Assert.Throws<ArgumentException>(() => stub.Account.Queue(name));
    }
}
