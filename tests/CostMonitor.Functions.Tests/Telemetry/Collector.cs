using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CostMonitor.Functions.Tests.Telemetry;

/// <summary>What a collector was sent.</summary>
internal sealed record Post(string Path, string? ContentType, string? Key, byte[] Body)
{
    public bool Holds(string text) => Body.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
}

/// <summary>A collector on loopback that keeps what it is sent by http/protobuf.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Post> _posts = new();
    private readonly CancellationTokenSource _ending = new();

    private Collector(WebApplication app) => _app = app;

    /// <summary>True to take requests and never answer them.</summary>
    public bool Hangs { get; set; }

    public IReadOnlyList<Post> Posts => [.. _posts];

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var collector = new Collector(app);
        app.Run(collector.TakeAsync);
        await app.StartAsync();
        collector.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.Single() ?? "");
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _ending.Dispose();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, _ending.Token);
        _posts.Enqueue(new Post(context.Request.Path, context.Request.ContentType, context.Request.Headers["api-key"], body.ToArray()));
        if (Hangs) await Task.Delay(Timeout.Infinite, _ending.Token);
    }
}
