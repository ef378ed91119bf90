using System.Net.Sockets;
using CostMonitor.Core.Pricing;
using CostMonitor.Core.Runs;
using CostMonitor.Providers.Calling;

namespace CostMonitor.Providers.Wire;

/// <summary>Says why no answer came at all.</summary>
internal static class ConnectFailure
{
    public static ModelCallException Of(ModelKey model, Uri uri, HttpRequestException e)
    {
        var socket = (e.InnerException as SocketException ?? e.InnerException?.InnerException as SocketException)?.SocketErrorCode;
        var (type, what) = (e.HttpRequestError, socket) switch
        {
            _ when e.InnerException is PlatformAddressException => ("refused_address", "the name leads to an address of the platform's own services, which no model has"),
            (HttpRequestError.NameResolutionError, _) or (_, SocketError.HostNotFound) => ("dns", "the name is not known"),
            (HttpRequestError.SecureConnectionError, _) => ("tls", "the TLS handshake failed"),
            (_, SocketError.ConnectionRefused) => ("connection_refused", "the connection was refused"),
            (_, SocketError.ConnectionReset) => ("connection_reset", "the connection was reset before an answer"),
            (_, SocketError.HostUnreachable or SocketError.NetworkUnreachable) => ("unreachable", "there is no route"),
            (_, SocketError.TimedOut) => ("timeout", "the connection was not made in time"),
            (HttpRequestError.ResponseEnded, _) => ("connection_closed", "the connection was closed before an answer"),
            (HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError, _) => ("not_http", "the answer is not HTTP"),
            _ => ("connection", "the connection failed"),
        };
        var stage = type == "not_http" ? FailureStage.Parse : FailureStage.Connect;
        return new ModelCallException(stage, type, $"{model} at {uri.Authority}: {what}.", e);
    }
}
