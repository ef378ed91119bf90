using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CostMonitor.Core.Alerts;
using CostMonitor.Functions.AlertQueue.Sinks;
using CostMonitor.Testing;
using Microsoft.AspNetCore.Http;

namespace CostMonitor.Functions.Tests.AlertQueue.Sinks;

public sealed class SinkHttpTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SteppedTime _time = new(new DateTimeOffset(2026, 11, 21, 9, 30, 0, TimeSpan.Zero));

    [Fact]
    public async Task Webhook_GivenASecret_SendsWhatItsReceiverCanCheck()
    {
        await using var sink = await LoopbackSink.StartAsync();

        var answer = await Hook(sink.Address, "whsec-1").SendAsync(Notices.Firing, None);

        var (headers, body) = Assert.Single(sink.Taken);
        Assert.Null(answer.Failure);
        Assert.Equal(("application/json; charset=utf-8", Notices.Firing.Id, "1795253400"), (headers["Content-Type"], headers["Idempotency-Key"], headers["X-CostMonitor-Timestamp"]));
        Assert.Equal(WebhookSink.Signature("whsec-1", "1795253400", Encoding.UTF8.GetBytes(body)), headers["X-CostMonitor-Signature"]);
    }

    [Fact]
    public async Task Webhook_GivenNoSecret_SendsNoSignature()
    {
        await using var sink = await LoopbackSink.StartAsync();

        await Hook(sink.Address, null).SendAsync(Notices.Firing, None);

        Assert.DoesNotContain("X-CostMonitor-Signature", Assert.Single(sink.Taken).Headers.Keys);
    }

    [Fact]
    public async Task SendAsync_GivenAnErrorThatRepeatsTheAddress_SaysTheHostAlone()
    {
        await using var sink = await LoopbackSink.StartAsync(async context =>
        {
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync($"No hook at {context.Request.Path}");
        });

        var answer = await Hook(sink.Address, null).SendAsync(Notices.Firing, None);

        Assert.Equal("127.0.0.1 answered 500", answer.Failure);
    }

    [Fact]
    public async Task SendAsync_GivenABusySink_SaysWhyAndWhenToComeAgain()
    {
        await using var sink = await LoopbackSink.StartAsync(async context =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "17");
            await context.Response.WriteAsync("rate\n_limited" + new string('x', 100_000));
        });

        var answer = await Hook(sink.Address, null).SendAsync(Notices.Firing, None);

        Assert.StartsWith("127.0.0.1 answered 429: rate_limitedxxx", answer.Failure, StringComparison.Ordinal);
        Assert.Equal((TimeSpan.FromSeconds(17), 224), (answer.RetryAfter, answer.Failure?.Length)); // 200 characters of it
    }

    [Fact]
    public async Task SendAsync_GivenARedirect_DoesNotFollowIt()
    {
        await using var inner = await LoopbackSink.StartAsync();
        await using var sink = await LoopbackSink.StartAsync(context =>
        {
            context.Response.Redirect(inner.Address.AbsoluteUri, permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });

        var answer = await Hook(sink.Address, null).SendAsync(Notices.Firing, None);

        Assert.Equal("127.0.0.1 answered 307, a redirect, which is not followed.", answer.Failure);
        Assert.Empty(inner.Taken);
    }

    [Fact]
    public async Task SendAsync_GivenASinkThatHangs_GivesUpAfterTenSeconds()
    {
        var asked = new TaskCompletionSource();
        await using var sink = await LoopbackSink.StartAsync(async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        var sending = Hook(sink.Address, null).SendAsync(Notices.Firing, None);
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(9.9));
        var isEarly = sending.IsCompleted;
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.False(isEarly);
        Assert.Equal("127.0.0.1 did not answer within 10 s.", (await sending).Failure);
    }

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://169.254.169.254/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[fd00::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://localhost/")] // a name that resolves to loopback
    public async Task SendAsync_GivenAPrivateAddress_IsRefused(string address)
    {
        var uri = new Uri(address);

        var answer = await new WebhookSink("hook", AlertSeverity.Info, uri, null, new SinkHttp(false, _time), _time).SendAsync(Notices.Firing, None);

        Assert.Equal($"{uri.Host.Trim('[', ']')} leads to a private address, which only a sink with \"allowPrivate\": true may have.", answer.Failure?.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SendAsync_GivenALiveServerAtAPrivateAddress_ConnectsToNothing()
    {
        await using var sink = await LoopbackSink.StartAsync();

        var answer = await new WebhookSink("hook", AlertSeverity.Info, sink.Address, null, new SinkHttp(false, _time), _time).SendAsync(Notices.Firing, None);

        Assert.Contains("private address", answer.Failure, StringComparison.Ordinal);
        Assert.Empty(sink.Taken);
    }

    [Fact]
    public async Task SendAsync_GivenNobodyThere_SaysSoWithoutThePath()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();

        var answer = await Hook(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/s3cr3t-token")), null).SendAsync(Notices.Firing, None);

        Assert.Equal("127.0.0.1 could not be reached: connection-error.", answer.Failure);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("100.64.0.1", false)] // carriers' networks
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("2002:0a00:0001::", false)] // 6to4 of 10.0.0.1
    [InlineData("64:ff9b::a9fe:a9fe", false)] // NAT64 of 169.254.169.254
    [InlineData("64:ff9b::808:808", true)]
    public void IsPublic_GivenAnAddress_KnowsWhoseItIs(string address, bool expected) => Assert.Equal(expected, PublicAddress.Is(IPAddress.Parse(address)));

    private WebhookSink Hook(Uri address, string? secret) => new("hook", AlertSeverity.Info, address, secret, new SinkHttp(true, _time), _time);
}
