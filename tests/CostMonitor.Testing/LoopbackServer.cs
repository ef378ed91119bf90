using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CostMonitor.Testing;

/// <summary>A server on a free port of 127.0.0.1 that hands every request to one piece of code.</summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _ending;

    private LoopbackServer(WebApplication app, CancellationTokenSource ending) =>
        (_app, _ending, Address) = (app, ending, new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/"));

    /// <summary>The root, with a final slash.</summary>
    public Uri Address { get; }

    /// <param name="answer">Answers a request. Its token is cancelled when the server is disposed of, for requests that are never answered.</param>
    public static async Task<LoopbackServer> StartAsync(Func<HttpContext, CancellationToken, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static k => k.Listen(IPAddress.Loopback, 0));
        var (app, ending) = (builder.Build(), new CancellationTokenSource());
        app.Run(context => answer(context, ending.Token));
        await app.StartAsync(CancellationToken.None);
        return new LoopbackServer(app, ending);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _app.DisposeAsync();
        _ending.Dispose();
    }
}
