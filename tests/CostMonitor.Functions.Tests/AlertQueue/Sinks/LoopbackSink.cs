using System.Collections.Concurrent;
using CostMonitor.Testing;
using Microsoft.AspNetCore.Http;

namespace CostMonitor.Functions.Tests.AlertQueue.Sinks;

/// <summary>A webhook on loopback that keeps books of what it was sent.</summary>
internal sealed class LoopbackSink : IAsyncDisposable
{
    private LoopbackServer? _server;

    private LoopbackSink()
    {
    }

    public Uri Address => new(_server!.Address, "hooks/s3cr3t-token");

    /// <summary>Headers by name and bodies, in the order of arrival.</summary>
    public ConcurrentQueue<(IReadOnlyDictionary<string, string> Headers, string Body)> Taken { get; } = new();

    public static async Task<LoopbackSink> StartAsync(RequestDelegate? answer = null)
    {
        var sink = new LoopbackSink();
        sink._server = await LoopbackServer.StartAsync(async (context, _) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            sink.Taken.Enqueue((context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body));
            if (answer is not null) await answer(context);
        });
        return sink;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();
}
