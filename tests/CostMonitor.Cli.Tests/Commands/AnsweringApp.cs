using System.Collections.Concurrent;
using CostMonitor.Testing;
using Microsoft.AspNetCore.Http;

namespace CostMonitor.Cli.Tests.Commands;

/// <summary>An app's API on loopback that answers every request with one JSON text and keeps what it was asked.</summary>
internal sealed class AnsweringApp : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Request, string Body)> _asked = new();

    private LoopbackServer? _server;

    private AnsweringApp()
    {
    }

    public string Address => _server!.Address.ToString();

    /// <summary>Method, path and query, and the body, in the order of arrival.</summary>
    public IReadOnlyList<(string Request, string Body)> Asked => [.. _asked];

    public static async Task<AnsweringApp> StartAsync(string json, int status = 200)
    {
        var app = new AnsweringApp();
        app._server = await LoopbackServer.StartAsync(async (context, _) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            app._asked.Enqueue(($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", await reader.ReadToEndAsync(context.RequestAborted)));
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(json, context.RequestAborted);
        });
        return app;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();
}
