using System.Net;
using System.Net.Sockets;
using CostMonitor.Providers.Chain;

namespace CostMonitor.Providers.Wire;

/// <summary>The one HTTP client under all models: no hidden retry, redirect, proxy, decompression or header of tracing.</summary>
internal static class ModelHttp
{
    /// <param name="usesProxy">True to honour the machine's proxy settings; a proxy adds its own time to every call.</param>
    /// <param name="connect">The longest time for DNS, TCP and TLS of a new connection.</param>
    public static HttpClient Create(bool usesProxy, TimeSpan connect) => new(CreateHandler(usesProxy, connect)) { Timeout = Timeout.InfiniteTimeSpan };

    private static SocketsHttpHandler CreateHandler(bool usesProxy, TimeSpan connect) => new()
    {
        ConnectTimeout = connect,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // a moved endpoint is found by the next DNS look-up
        EnableMultipleHttp2Connections = true,
        AutomaticDecompression = DecompressionMethods.None,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = usesProxy,
        ActivityHeadersPropagator = null,
        ConnectCallback = ConnectAsync,
        PlaintextStreamFilter = NoteConnected,
    };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (context.InitialRequestMessage.Options.TryGetValue(CallTrace.RequestKey, out var trace)) trace.ConnectStarts();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(await PlatformAddress.ResolveAsync(context.DnsEndPoint.Host, cancellationToken), context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The handler calls this behind the TLS handshake, so that the handshake counts as a part of connecting.
    private static ValueTask<Stream> NoteConnected(SocketsHttpPlaintextStreamFilterContext context, CancellationToken cancellationToken)
    {
        if (context.InitialRequestMessage.Options.TryGetValue(CallTrace.RequestKey, out var trace)) trace.ConnectEnds();
        return ValueTask.FromResult(context.PlaintextStream);
    }
}
