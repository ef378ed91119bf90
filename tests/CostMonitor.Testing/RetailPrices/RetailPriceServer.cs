using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace CostMonitor.Testing.RetailPrices;

/// <summary>Azure's price list on loopback: answers each request with the next reply, and 404 when there is none left.</summary>
public sealed class RetailPriceServer : IAsyncDisposable
{
    private const string Service = "https://prices.azure.com:443/";

    private readonly ConcurrentQueue<RetailReply> _replies;
    private readonly ConcurrentQueue<Uri> _asked = new();

    private LoopbackServer? _server;

    private RetailPriceServer(IEnumerable<RetailReply> replies) => _replies = new(replies);

    /// <summary>The root of the server, with a final slash.</summary>
    public Uri Address => _server!.Address;

    /// <summary>What was asked, in the order of arrival.</summary>
    public IReadOnlyList<Uri> Asked => [.. _asked];

    public static Task<RetailPriceServer> StartAsync(params IEnumerable<string> pages) => StartAsync(pages.Select(p => new RetailReply(p)));

    public static async Task<RetailPriceServer> StartAsync(params IEnumerable<RetailReply> replies)
    {
        var server = new RetailPriceServer(replies);
        server._server = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    /// <summary>Adds a reply behind the others.</summary>
    public void Enqueue(RetailReply reply) => _replies.Enqueue(reply);

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, CancellationToken ending)
    {
        _asked.Enqueue(new Uri(context.Request.GetEncodedUrl()));
        var reply = _replies.TryDequeue(out var next) ? next : new RetailReply("""{"Error":{"Code":"NotFound"}}""", 404);
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        if (reply.RetryAfter is { } wait) context.Response.Headers.RetryAfter = wait;
        await context.Response.WriteAsync(reply.Body.Replace(Service, Address.ToString(), StringComparison.Ordinal), context.RequestAborted);
    }
}
