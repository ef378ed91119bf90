using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CostMonitor.Cli.Tests.Commands;

/// <summary>An app's API on loopback that answers every request with one JSON text and keeps what it was asked.</summary>
internal sealed class AnsweringApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Request, string Body)> _asked = new();

    private AnsweringApp(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>Method, path and query, and the body, in the order of arrival.</summary>
    public IReadOnlyList<(string Request, string Body)> Asked => [.. _asked];

    public static async Task<AnsweringApp> StartAsync(string json, int status = 200)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new AnsweringApp(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            server._asked.Enqueue(($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", await reader.ReadToEndAsync(context.RequestAborted)));
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(json, context.RequestAborted);
        });
        await app.StartAsync(CancellationToken.None);
        server.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
