using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CostMonitor.Functions.Tests.Telemetry;

/// <summary>Application Insights' ingestion on loopback: keeps what it is sent.</summary>
internal sealed class Ingestion : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SentItem> _items = new();
    private readonly ConcurrentQueue<string> _paths = new();
    private readonly CancellationTokenSource _ending = new();

    private Ingestion(WebApplication app) => _app = app;

    /// <summary>True to take requests and never answer them.</summary>
    public bool Hangs { get; set; }

    /// <summary>What each request is answered.</summary>
    public int Status { get; set; } = 200;

    public IReadOnlyList<SentItem> Items => [.. _items];

    public IReadOnlyList<string> Paths => [.. _paths];

    public string ConnectionString { get; private set; } = "";

    public static async Task<Ingestion> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var ingestion = new Ingestion(app);
        app.Run(ingestion.TakeAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.Single();
        ingestion.ConnectionString = $"InstrumentationKey=6f4c4a3f-1b8e-4d49-9c57-8f1f5b0c2a11;IngestionEndpoint={address}/;LiveEndpoint={address}/";
        return ingestion;
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
        using var text = new StreamReader(new GZipStream(context.Request.Body, CompressionMode.Decompress));
        var lines = (await text.ReadToEndAsync(_ending.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        _paths.Enqueue(context.Request.Path);
        if (Hangs) await Task.Delay(Timeout.Infinite, _ending.Token);
        context.Response.StatusCode = Status;
        if (Status != 200) return;
        foreach (var line in lines) _items.Enqueue(SentItem.Of(JsonElement.Parse(line), line));
        await context.Response.WriteAsync($$"""{"itemsReceived":{{lines.Length}},"itemsAccepted":{{lines.Length}},"errors":[]}""");
    }
}
