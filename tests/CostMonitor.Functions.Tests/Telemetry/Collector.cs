using System.Collections.Concurrent;
using CostMonitor.Testing;
using Microsoft.AspNetCore.Http;

namespace CostMonitor.Functions.Tests.Telemetry;

/// <summary>What a collector was sent.</summary>
internal sealed record Post(string Path, string? ContentType, string? Key, byte[] Body)
{
    public bool Holds(string text) => Body.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
}

/// <summary>A collector on loopback that keeps what it is sent by http/protobuf.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<Post> _posts = new();
    private LoopbackServer? _server;

    private Collector()
    {
    }

    /// <summary>True to take requests and never answer them.</summary>
    public bool Hangs { get; set; }

    public IReadOnlyList<Post> Posts => [.. _posts];

    public Uri Address => _server!.Address;

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        collector._server = await LoopbackServer.StartAsync(collector.TakeAsync);
        return collector;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task TakeAsync(HttpContext context, CancellationToken ending)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, ending);
        _posts.Enqueue(new Post(context.Request.Path, context.Request.ContentType, context.Request.Headers["api-key"], body.ToArray()));
        if (Hangs) await Task.Delay(Timeout.Infinite, ending);
    }
}
