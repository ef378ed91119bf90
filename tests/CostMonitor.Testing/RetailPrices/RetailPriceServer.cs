using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;

namespace CostMonitor.Testing.RetailPrices;

/// <summary>Azure's price list on loopback: answers each request with the next reply, and 404 when there is none left.</summary>
public sealed class RetailPriceServer : IAsyncDisposable
{
    private const string Service = "https://prices.azure.com:443/";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<RetailReply> _replies;
    private readonly ConcurrentQueue<Uri> _asked = new();

    private RetailPriceServer(WebApplication app, IEnumerable<RetailReply> replies) => (_app, _replies) = (app, new(replies));

    /// <summary>The root of the server, with a final slash.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>What was asked, in the order of arrival.</summary>
    public IReadOnlyList<Uri> Asked => [.. _asked];

    public static Task<RetailPriceServer> StartAsync(params IEnumerable<string> pages) => StartAsync(pages.Select(p => new RetailReply(p)));

    public static async Task<RetailPriceServer> StartAsync(params IEnumerable<RetailReply> replies)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new RetailPriceServer(app, replies);
        app.Run(server.AnswerAsync);
        await app.StartAsync(CancellationToken.None);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        server.Address = new Uri(addresses!.Addresses.Single() + "/");
        return server;
    }

    /// <summary>Adds a reply behind the others.</summary>
    public void Enqueue(RetailReply reply) => _replies.Enqueue(reply);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        _asked.Enqueue(new Uri(context.Request.GetEncodedUrl()));
        var reply = _replies.TryDequeue(out var next) ? next : new RetailReply("""{"Error":{"Code":"NotFound"}}""", 404);
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        if (reply.RetryAfter is { } wait) context.Response.Headers.RetryAfter = wait;
        await context.Response.WriteAsync(reply.Body.Replace(Service, Address.ToString(), StringComparison.Ordinal), context.RequestAborted);
    }
}
