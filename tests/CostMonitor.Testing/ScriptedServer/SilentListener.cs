using System.Net;
using System.Net.Sockets;

namespace CostMonitor.Testing.ScriptedServer;

/// <summary>Takes connections on loopback and never reads or writes: no HTTP answers there, and no TLS handshake ends.</summary>
public sealed class SilentListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SilentListener() => _listener.Start(); // the kernel completes what nobody accepts

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();
}
