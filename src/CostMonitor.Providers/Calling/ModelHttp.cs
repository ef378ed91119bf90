using System.Net;
using System.Net.Sockets;

namespace CostMonitor.Providers.Calling;

/// <summary>The connections to all models of a process, with the time that each new one takes.</summary>
internal sealed class ModelHttp : IDisposable
{
    private static readonly HttpRequestOptionsKey<CallTrace> TraceKey = new("costmonitor.trace");
    private static readonly HttpRequestOptionsKey<long> StartKey = new("costmonitor.connect");

    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public ModelHttp(TimeProvider time, HttpMessageHandler? handler = null)
    {
        _time = time;
        // Timeouts are the meter's, per call and with a reason; a limit here would hide which one struck.
        _http = new HttpClient(handler ?? Handler()) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a request and gives the answer as soon as its headers are there.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CallTrace? trace, CancellationToken cancellationToken)
    {
        if (trace is not null) request.Options.Set(TraceKey, trace);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (trace is not null) trace.HasAnswer = true;
        return response;
    }

    public void Dispose() => _http.Dispose();

    private SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ConnectCallback = ConnectAsync,
        PlaintextStreamFilter = Connected,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        context.InitialRequestMessage.Options.Set(StartKey, _time.GetTimestamp());
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Runs when the connection is ready for its first request, TLS included.</summary>
    private ValueTask<Stream> Connected(SocketsHttpPlaintextStreamFilterContext context, CancellationToken cancellationToken)
    {
        var options = context.InitialRequestMessage.Options;
        // A request that got a pooled connection meanwhile did not wait for this one.
        if (options.TryGetValue(TraceKey, out var trace) && !trace.HasAnswer && options.TryGetValue(StartKey, out var start))
        {
            trace.Connect = _time.GetElapsedTime(start);
        }

        return ValueTask.FromResult(context.PlaintextStream);
    }
}
