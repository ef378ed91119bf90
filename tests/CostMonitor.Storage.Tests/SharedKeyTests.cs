using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using CostMonitor.Storage.Queues;
using CostMonitor.Storage.Tables;
using Xunit;

namespace CostMonitor.Storage.Tests;

/// <summary>
/// Expected signatures are from <c>printf 'string to sign' | openssl dgst -sha256 -mac HMAC -macopt hexkey:... -binary | base64</c>
/// with the key "0123456789abcdef".
/// </summary>
public sealed class SharedKeyTests
{
    private static readonly FixedTime Time = new(new DateTimeOffset(2026, 11, 21, 4, 11, 39, TimeSpan.Zero));

    [Theory]
    // Sat, 21 Nov 2026 04:11:39 GMT\n/acct/Runs(PartitionKey='p%27%271',RowKey='r%201')
    [InlineData("acct", "https://acct.table.core.windows.net/Runs(PartitionKey='p%27%271',RowKey='r%201')?$select=A",
        "SharedKeyLite acct:LKmk0EL9zkIywIJ2S1xGKmRaEI11UPOMFQ7uJxaqmRw=")]
    // Sat, 21 Nov 2026 04:11:39 GMT\n/devstoreaccount1/devstoreaccount1/$batch
    [InlineData("devstoreaccount1", "http://127.0.0.1:10002/devstoreaccount1/$batch",
        "SharedKeyLite devstoreaccount1:82s7/7Lb/vPpjMzdXDlSAJP0ZNNlnpb76szG4RiK/K8=")]
    public async Task TablePolicy_GivenARequest_SignsDateAndEncodedPath(string account, string address, string expected)
    {
        var policy = new TableSharedKeyPolicy(new SharedKey(account, "0123456789abcdef"u8.ToArray()), Time);

        var headers = await SendAsync(policy, RequestMethod.Get, address, _ => { });

        Assert.Contains($"Authorization: {expected}", headers, StringComparison.Ordinal);
        Assert.Contains("x-ms-date: Sat, 21 Nov 2026 04:11:39 GMT", headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QueuePolicy_GivenABody_SignsItsLengthTypeHeadersAndSortedParameters()
    {
        // POST\n\n\n12\n\napplication/xml\n\n\n\n\n\n\nx-ms-client-request-id:5\nx-ms-date:Sat, 21 Nov 2026 04:11:39 GMT\n
        // x-ms-version:2020-12-06\n/acct/jobs/messages\nmessagettl:-1\nvisibilitytimeout:0
        var headers = await SendAsync(QueuePolicy, RequestMethod.Post,
            "https://acct.queue.core.windows.net/jobs/messages?visibilitytimeout=0&messagettl=-1",
            request =>
            {
                request.Headers.SetValue("x-ms-version", "2020-12-06");
                request.Headers.SetValue("x-ms-client-request-id", "5");
                request.Headers.SetValue("Content-Type", "application/xml");
                request.Content = RequestContent.Create("0123456789ab");
            });

        Assert.Contains("Authorization: SharedKey acct:BDWNfE19r7ySiWp/y4yhpsvfKujlziJqIeEN6P6g8JE=", headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QueuePolicy_GivenAnEncodedReceipt_SignsItDecoded()
    {
        // DELETE\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Sat, 21 Nov 2026 04:11:39 GMT\nx-ms-version:2020-12-06\n/acct/jobs/messages/id1\npopreceipt:AgAA+/8=
        var headers = await SendAsync(QueuePolicy, RequestMethod.Delete,
            "https://acct.queue.core.windows.net/jobs/messages/id1?popreceipt=AgAA%2B%2F8%3D",
            request => request.Headers.SetValue("x-ms-version", "2020-12-06"));

        Assert.Contains("Authorization: SharedKey acct:qA8MEG1a5RJ/sELQap2LBZgeh6Wy+yd3sXiD+FGLL2w=", headers, StringComparison.Ordinal);
    }

    private static QueueSharedKeyPolicy QueuePolicy => new(new SharedKey("acct", "0123456789abcdef"u8.ToArray()), Time);

    private static async Task<string> SendAsync(HttpPipelinePolicy policy, RequestMethod method, string address, Action<Request> prepare)
    {
        using var handler = new StubHandler(StubHandler.Answer(HttpStatusCode.OK));
        var pipeline = new HttpPipeline(new HttpClientTransport(handler), [policy]);
        using var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(address));
        prepare(message.Request);
        await pipeline.SendAsync(message, CancellationToken.None);
        return Assert.Single(handler.Requests).Headers;
    }
}
