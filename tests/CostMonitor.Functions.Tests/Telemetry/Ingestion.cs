using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using CostMonitor.Testing;
using Microsoft.AspNetCore.Http;

namespace CostMonitor.Functions.Tests.Telemetry;

/// <summary>Application Insights' ingestion on loopback: keeps what it is sent.</summary>
internal sealed class Ingestion : IAsyncDisposable
{
    private readonly ConcurrentQueue<SentItem> _items = new();
    private readonly ConcurrentQueue<string> _paths = new();
    private LoopbackServer? _server;

    private Ingestion()
    {
    }

    /// <summary>True to take requests and never answer them.</summary>
    public bool Hangs { get; set; }

    /// <summary>What each request is answered.</summary>
    public int Status { get; set; } = 200;

    public IReadOnlyList<SentItem> Items => [.. _items];

    public IReadOnlyList<string> Paths => [.. _paths];

    public string ConnectionString => $"InstrumentationKey=6f4c4a3f-1b8e-4d49-9c57-8f1f5b0c2a11;IngestionEndpoint={_server!.Address};LiveEndpoint={_server.Address}";

    public static async Task<Ingestion> StartAsync()
    {
        var ingestion = new Ingestion();
        ingestion._server = await LoopbackServer.StartAsync(ingestion.TakeAsync);
        return ingestion;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task TakeAsync(HttpContext context, CancellationToken ending)
    {
        using var text = new StreamReader(new GZipStream(context.Request.Body, CompressionMode.Decompress));
        var lines = (await text.ReadToEndAsync(ending)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        _paths.Enqueue(context.Request.Path);
        if (Hangs) await Task.Delay(Timeout.Infinite, ending);
        context.Response.StatusCode = Status;
        if (Status != 200) return;
        foreach (var line in lines) _items.Enqueue(SentItem.Of(JsonElement.Parse(line), line));
        await context.Response.WriteAsync($$"""{"itemsReceived":{{lines.Length}},"itemsAccepted":{{lines.Length}},"errors":[]}""", ending);
    }
}
